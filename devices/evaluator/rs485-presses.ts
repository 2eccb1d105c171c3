/**
 * From a frame to an event: a press is recorded once and acknowledged only when it is on disk; what the device says again is
 * acknowledged again. A key without a meaning is not acknowledged: the acknowledgement says "I have it".
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import type { Evaluations, Mark } from './evaluations.ts';
import type { Evaluator, Level } from './kind.ts';
import type { Notebook } from './notebook.ts';
import { acknowledgementOf, encodeFrame, type Frame } from './rs485-codec.ts';
import { pressOf, type KeyMap, type Press } from './rs485-keys.ts';
import { isRepetition, type Memory, type RepeatWindows } from './rs485-memory.ts';
import { keyPressed } from './occurrences.ts';
import { stampOf } from './stamp.ts';

export interface PressOptions {
  hall: Hall<Evaluator>;
  notebook: Notebook<Memory>;
  evaluations: Evaluations;
  keys: KeyMap;
  windows: RepeatWindows;
  /** Sends the acknowledgement; rejects while the bus is down. */
  acknowledge: (frame: Frame) => Promise<void>;
  onLevel: (level: Level) => void;
}

type Known = NonNullable<Press>;

export interface Presses {
  /** Takes a frame of this address. */
  hear(frame: Frame): void;
  /** The bus is up: from now on whoever asks is heard. */
  listening(): void;
}

/** Takes the frames of one address. */
export function presses(options: PressOptions): Presses {
  const { hall, notebook, evaluations, keys, windows } = options;
  const committing = new Set<string>();
  const answering = new Set<string>();
  const meaningless = new Set<number>();
  let upMs = hall.clock.monotonicMs();
  const heardMs = new Map<Known['sender'], number>();

  const remember = (sender: Known['sender'], hex: string, acknowledged: boolean) =>
    notebook.change({ [sender]: { hex, at: stampOf(hall.clock), acknowledged } });

  const answer = async (frame: Frame, sender: Known['sender'], hex: string) => {
    if (committing.has(hex) || answering.has(hex)) return;
    answering.add(hex);
    try {
      await options.acknowledge(acknowledgementOf(frame));
      const last = notebook.memory[sender];
      if (last?.hex !== hex || last.acknowledged) return;
      notebook.change({ [sender]: { ...last, acknowledged: true } });
      await notebook.record([]);
    } catch (thrown) {
      // The bus is down or the driver stops: the device goes on asking, and is answered then.
      hall.log.debug('press.unanswered', { reason: thrown instanceof HallError ? thrown.code : String(thrown) });
    } finally {
      answering.delete(hex);
    }
  };
  /** Records, then answers. A refusal puts the notebook back to `before`, so that the repetition is taken afresh. */
  const take = async (frame: Frame, press: Known, hex: string, occurrences: Occurrence[], before: Memory) => {
    const { sender } = press;
    committing.add(hex);
    try {
      if (occurrences.length > 0) await notebook.record(occurrences);
    } catch (thrown) {
      if (hall.signal.aborted) return;
      hall.log.error('press.not-recorded', thrown);
      const { evaluation, decided } = before;
      notebook.change({ [sender]: undefined, ...(sender === 'evaluator' && { evaluation, decided }) });
      evaluations.resume();
      return;
    } finally {
      committing.delete(hex);
    }
    await answer(frame, sender, hex);
  };
  const reportMeaningless = (key: number) => {
    if (meaningless.has(key)) return;
    meaningless.add(key);
    hall.log.error('key.unknown', unknownKey(key));
  };
  const markOf = (key: number): Mark | undefined => keys[String(key)];
  const occurrencesOf = (press: Known): Occurrence[] | undefined => {
    if (press.sender === 'caller') {
      // The clerk asks for the next evaluation: keys from now on belong to that one.
      if (press.key === 'finish') notebook.change({ decided: undefined });
      return [keyPressed(hall.window, press.key, press.code)];
    }
    const mark = markOf(press.key);
    if (mark === undefined) return undefined;
    if (evaluations.isDecided()) return [];
    if (mark !== 'unrated') options.onLevel(mark);
    return evaluations.decide(mark);
  };
  const hear = (frame: Frame) => {
    const press = pressOf(frame);
    if (press === undefined) return;
    const { sender } = press;
    const hex = Buffer.from(encodeFrame(frame)).toString('hex');
    const last = notebook.memory[sender];
    const nowMs = hall.clock.monotonicMs();
    const listenedMs = nowMs - Math.max(upMs, heardMs.get(sender) ?? 0);
    heardMs.set(sender, nowMs);
    if (last && isRepetition(last, hex, windows, { clock: hall.clock, listenedMs })) {
      remember(sender, hex, last.acknowledged);
      void answer(frame, sender, hex);
      return;
    }
    const before = notebook.memory;
    const occurrences = occurrencesOf(press);
    if (occurrences === undefined) {
      reportMeaningless(Number(press.key));
      return;
    }
    remember(sender, hex, false);
    void take(frame, press, hex, occurrences, before);
  };
  return { hear, listening: () => void (upMs = hall.clock.monotonicMs()) };
}

function unknownKey(key: number): HallError {
  return new HallError('evaluator.key-unknown', {
    message: `The evaluator sent key ${key}, which its key map does not have.`,
    facts: { key },
  });
}
