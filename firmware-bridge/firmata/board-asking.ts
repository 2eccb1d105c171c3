/**
 * Questions to a hall board, one at a time: each has a tag, its answer carries the same one, and a question without an answer
 * is asked once more. Everything that is asked may be asked twice without harm.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import { deferred, withDeadline, type Deferred } from '../../gateway/kernel/waiting.ts';
import type { Frame } from './sysex-codec.ts';
import { COMMAND, errorFrom } from './sysex-messages.ts';

export interface BoardAsking {
  /**
   * Resolves with the payload of the answer.
   *
   * @throws HallError `hall-board.refused`, `hall-board.unanswered`, `hall-board.crowded`, `hall-board.runner-busy`; the signal's
   *   reason.
   */
  ask(command: number, payload: readonly number[]): Promise<readonly number[]>;
  /** Takes what the board says; true when it was an answer. */
  hear(frame: Frame): boolean;
}

const ANSWER_TIMEOUT_MS = 1_500;
const ATTEMPTS_MAX = 2;
const WAITING_MAX = 16;
const TAGS = 127;

/** The board's reasons, docs/firmware.md. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'it does not know the command',
  2: 'the length is wrong',
  3: 'the check is wrong',
  4: 'a value is out of range',
  5: 'it is locked',
  6: 'the part is not fitted, or not in its profile',
  7: 'the frame is too long',
  8: 'it is still writing the last setting',
  9: 'it speaks no protocol version of this gateway',
};

/** `send` puts a frame on the line, or says that it cannot; `signal` ends every question. */
export function boardAsking(send: (frame: Frame) => boolean, signal: AbortSignal): BoardAsking {
  let tag = 0;
  let open: { tag: number; command: number; answer: Deferred<Frame> } | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  const askOnce = async (command: number, payload: readonly number[]) => {
    tag = (tag % TAGS) + 1;
    const answer = deferred<Frame>();
    open = { tag, command, answer };
    if (!send({ command, tag, payload })) throw new HallError('hall-board.runner-busy');
    return withDeadline(answer.promise, ANSWER_TIMEOUT_MS, () => unanswered(command), signal);
  };
  const ask = async (command: number, payload: readonly number[]) => {
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        const answer = await askOnce(command, payload);
        if (answer.command === COMMAND.error) throw refused(command, errorFrom(answer.payload));
        return answer.payload;
      } catch (thrown) {
        const isLate = thrown instanceof HallError && thrown.code === 'hall-board.unanswered';
        if (!isLate || attempt >= ATTEMPTS_MAX) throw thrown;
      } finally {
        open = undefined;
      }
    }
  };
  return {
    async ask(command, payload) {
      if (waiting >= WAITING_MAX) throw new HallError('hall-board.crowded');
      waiting += 1;
      const turn = last.then(() => ask(command, payload)).finally(() => (waiting -= 1));
      last = turn.catch(() => undefined);
      return turn;
    },
    hear(frame) {
      if (frame.tag === 0 || frame.tag !== open?.tag) return false;
      if (![open.command, COMMAND.done, COMMAND.error].includes(frame.command)) return false;
      open.answer.resolve(frame);
      return true;
    },
  };
}

function unanswered(command: number): HallError {
  return new HallError('hall-board.unanswered', {
    message: `The board did not answer command ${command} within ${ANSWER_TIMEOUT_MS} ms.`,
    facts: { command },
  });
}

function refused(command: number, code: number | undefined): HallError {
  const why = REFUSALS[code ?? 0] ?? `error ${code ?? 'unknown'}`;
  return new HallError('hall-board.refused', {
    message: `The board refused command ${command}: ${why}.`,
    facts: { command, code },
  });
}
