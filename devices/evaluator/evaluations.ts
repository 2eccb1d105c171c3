/**
 * The evaluation that is open at one device: begun by a command, ended by the first key, by the time-out or by the next
 * one. It is kept in the notebook, so that a restart neither forgets it nor ends it twice.
 */
import { randomUUID } from 'node:crypto';
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import type { Evaluator, Level } from './kind.ts';
import type { Notebook } from './notebook.ts';
import { ageMs, stampOf, stampSchema } from './stamp.ts';
import { requested, submitted, unrated, type Visit } from './occurrences.ts';
import { z } from 'zod';

/** What a key says: a level, or that the device sent its default, which is no opinion. */
export type Mark = Level | 'unrated';

/** What the notebook of a driver must have for its evaluations. */
export const evaluationMemory = {
  /** When the last evaluation was decided by a key; undone when the clerk asks for a new one. */
  decided: stampSchema.optional(),
  evaluation: z
    .strictObject({
      id: z.string(),
      ticketNumber: z.string().optional(),
      visitId: z.string().optional(),
      begun: stampSchema,
      timeoutMs: z.number().positive(),
    })
    .optional(),
};
type Memory = z.output<z.ZodObject<typeof evaluationMemory>>;

export interface Evaluations {
  /**
   * Opens an evaluation: `prompt` asks the citizen. Nothing is open when it fails.
   *
   * @throws what `prompt` throws.
   */
  begin(visit: Visit, timeoutSeconds: number, prompt: () => Promise<void>): Promise<void>;
  /** True when a key that was pressed so long ago belongs to the evaluation that was decided before: the first key counts. */
  isDecided(pressedMs?: number): boolean;
  /** Ends the evaluation with a mark: what happened, to be recorded together with the notebook. */
  decide(mark: Mark, pressedMs?: number): Occurrence[];
  /** Takes the evaluation back: what happened, to be recorded together with the notebook. */
  cancel(): Occurrence[];
  /** Takes up what was open before the restart; a time-out that passed meanwhile is recorded now. */
  resume(): void;
  stop(): void;
}

export interface EvaluationOptions {
  hall: Hall<Evaluator>;
  notebook: Notebook<Memory>;
  /** The levels that a citizen can give with this device's keys, ascending. */
  levelsOffered: readonly Level[];
  sameEvaluationMs: number;
  /** Called when an evaluation was opened or ended. */
  onChange: () => void;
}

export function evaluations({
  hall,
  notebook,
  levelsOffered,
  sameEvaluationMs,
  onChange,
}: EvaluationOptions): Evaluations {
  const { clock, window } = hall;
  let timer: NodeJS.Timeout | undefined;

  /** Closes the evaluation; gives the one that was open. */
  const end = (changes: Pick<Memory, 'decided'>) => {
    const open = notebook.memory.evaluation;
    clearTimeout(timer);
    notebook.change({ evaluation: undefined, ...changes });
    onChange();
    return open;
  };
  const timeOut = () => {
    const open = notebook.memory.evaluation && end({});
    if (open === undefined) return;
    notebook.record([unrated(window, 'time-out', open)]).catch((thrown: unknown) => {
      // Stopped before the commit: the stored notebook still has the evaluation, and the next run ends it.
      if (!hall.signal.aborted) hall.log.error('evaluation.not-recorded', thrown);
    });
  };
  const resume = () => {
    clearTimeout(timer);
    const open = notebook.memory.evaluation;
    if (open !== undefined) timer = setTimeout(timeOut, Math.max(0, open.timeoutMs - ageMs(open.begun, clock)));
  };
  return {
    async begin(visit, timeoutSeconds, prompt) {
      const previous = notebook.memory.evaluation;
      const id = randomUUID();
      // Open before the prompt is out: a key may come before the line says that the frame has left.
      const fresh = { id, ...visit, begun: stampOf(clock), timeoutMs: timeoutSeconds * 1_000 };
      notebook.change({ evaluation: fresh, decided: undefined });
      try {
        await prompt();
      } catch (thrown) {
        if (notebook.memory.evaluation?.id === id) notebook.change({ evaluation: previous });
        throw thrown;
      }
      resume();
      onChange();
      const superseded = previous ? [unrated(window, 'superseded', previous)] : [];
      await notebook.record([...superseded, requested(window, visit, timeoutSeconds)]);
    },
    isDecided(pressedMs = 0) {
      const { evaluation, decided } = notebook.memory;
      return evaluation === undefined && decided !== undefined && ageMs(decided, clock) - pressedMs < sameEvaluationMs;
    },
    decide(mark, pressedMs = 0) {
      const open = end({ decided: stampOf(clock, pressedMs) });
      if (mark === 'unrated') return [unrated(window, 'device-default', open)];
      const durationMs = open && Math.max(0, Math.round(ageMs(open.begun, clock) - pressedMs));
      return [submitted(window, { level: mark, levelsOffered, durationMs }, open)];
    },
    cancel() {
      const open = end({});
      return open ? [unrated(window, 'cancelled', open)] : [];
    },
    resume,
    stop: () => clearTimeout(timer),
  };
}
