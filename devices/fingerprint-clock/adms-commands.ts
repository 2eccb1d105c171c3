/**
 * Commands for a clock that asks for them: each waits until the clock fetches it, and is handed out again when it was fetched
 * but not confirmed (`devicecmd`) for a while. Nothing outlives the deadline of its command, and nothing is sent but what
 * `COMMAND_TEXT` can say: no shell, no deletion, no template.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import { deferred, type Deferred } from '../../gateway/kernel/waiting.ts';
import type { CommandOutcome } from './adms-codec.ts';

const WAITING_MAX = 16;
/** A clock that shows a year beyond all calendars still has its punches in the range. */
const END_OF_TIME = '2099-12-31 23:59:59';
const BEGINNING_OF_TIME = '2000-01-01 00:00:00';

export const COMMAND_TEXT = {
  restart: () => 'REBOOT',
  /** `from`: local time as in the contract. */
  readLog: (from: string | undefined) =>
    `DATA QUERY ATTLOG StartTime=${from?.replace('T', ' ') ?? BEGINNING_OF_TIME}\tEndTime=${END_OF_TIME}`,
} as const;

interface Waiting {
  text: string;
  /** Such a command may kill the clock before it confirms, and has to be the last of its batch. */
  restarts: boolean;
  fetchedMs: number | undefined;
  outcome: Deferred<undefined>;
}

export interface CommandQueue {
  /**
   * Resolves when the clock has confirmed the command; a restart also when the clock introduces itself afresh.
   *
   * @throws HallError `clock.answer-refused` with the clock's code, `command.queue-full`, or the reason of `signal`.
   */
  send(text: string, signal: AbortSignal): Promise<void>;
  /** Lines for `getrequest`; empty when nothing is to be done. */
  take(): string;
  confirm(outcome: CommandOutcome): void;
  /** The clock introduced itself: it was restarted, or lost its connection. */
  introduced(): void;
}

export interface CommandQueueOptions {
  monotonicMs: () => number;
  repeatMs: number;
  /** Number before the first command's; late confirmations of an earlier run must not fit. */
  lastId: number;
}

export function commandQueue({ monotonicMs, repeatMs, lastId }: CommandQueueOptions): CommandQueue {
  const waiting = new Map<string, Waiting>();
  let id = lastId;
  const isDue = ({ fetchedMs }: Waiting) => fetchedMs === undefined || monotonicMs() - fetchedMs >= repeatMs;
  return {
    async send(text, signal) {
      signal.throwIfAborted();
      if (waiting.size >= WAITING_MAX) throw new HallError('command.queue-full');
      const key = String((id += 1));
      const outcome = deferred<undefined>();
      waiting.set(key, { text, restarts: text === COMMAND_TEXT.restart(), fetchedMs: undefined, outcome });
      const giveUp = () => outcome.reject(signal.reason as Error);
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        await outcome.promise;
      } finally {
        signal.removeEventListener('abort', giveUp);
        waiting.delete(key);
      }
    },
    take() {
      const due = [...waiting].filter(([, command]) => isDue(command));
      for (const [, command] of due) command.fetchedMs = monotonicMs();
      const inOrder = due.sort(([, one], [, other]) => Number(one.restarts) - Number(other.restarts));
      return inOrder.map(([key, { text }]) => `C:${key}:${text}\n`).join('');
    },
    confirm({ id: key, code }) {
      const command = waiting.get(key);
      if (code >= 0) command?.outcome.resolve(undefined);
      else command?.outcome.reject(refused(command.text, code));
    },
    introduced() {
      for (const { restarts, fetchedMs, outcome } of waiting.values()) {
        if (restarts && fetchedMs !== undefined) outcome.resolve(undefined);
      }
    },
  };
}

function refused(text: string, code: number): HallError {
  const [verb = ''] = text.split(' StartTime');
  return new HallError('clock.answer-refused', {
    message: `The clock answered "${verb}" with ${code}.`,
    facts: { command: verb, code },
  });
}
