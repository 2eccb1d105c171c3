/**
 * The evaluation that is open at one device: begun by a command, ended by the first key, by the time-out or by the next
 * one. It is kept in the notebook, so that a restart neither forgets it nor ends it twice.
 */
import { randomUUID } from 'node:crypto';
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import type { Evaluator } from './kind.ts';
import type { Notebook } from './notebook.ts';
import { ageMs, stampOf } from './stamp.ts';
import { requested, submitted, unrated, type Visit } from './occurrences.ts';
import type { Memory } from './rs485-memory.ts';
import { levelsOf, type KeyMap, type Mark } from './rs485-keys.ts';

export interface Evaluations {
  /**
   * Opens an evaluation: `prompt` asks the citizen. Nothing is open when it fails.
   *
   * @throws what `prompt` throws.
   */
  begin(visit: Visit, timeoutSeconds: number, prompt: () => Promise<void>): Promise<void>;
  /** True when a key belongs to the evaluation that was decided a moment ago: the first key counts. */
  isDecided(): boolean;
  /** Ends the evaluation with a mark: what happened, to be recorded together with the notebook. */
  decide(mark: Mark): Occurrence[];
  /** Takes up what was open before the restart; a time-out that passed meanwhile is recorded now. */
  resume(): void;
  stop(): void;
}

export interface EvaluationOptions {
  hall: Hall<Evaluator>;
  notebook: Notebook<Memory>;
  keys: KeyMap;
  sameEvaluationMs: number;
  /** Called when an evaluation was opened or ended. */
  onChange: () => void;
}

export function evaluations({ hall, notebook, keys, sameEvaluationMs, onChange }: EvaluationOptions): Evaluations {
  const { clock, window } = hall;
  let timer: NodeJS.Timeout | undefined;

  const timeOut = () => {
    const open = notebook.memory.evaluation;
    if (open === undefined) return;
    notebook.change({ evaluation: undefined });
    onChange();
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
    isDecided() {
      const { evaluation, decided } = notebook.memory;
      return evaluation === undefined && decided !== undefined && ageMs(decided, clock) < sameEvaluationMs;
    },
    decide(mark) {
      const open = notebook.memory.evaluation;
      clearTimeout(timer);
      notebook.change({ evaluation: undefined, decided: stampOf(clock) });
      onChange();
      if (mark === 'unrated') return [unrated(window, 'device-default', open)];
      const durationMs = open && Math.round(ageMs(open.begun, clock));
      return [submitted(window, { level: mark, levelsOffered: levelsOf(keys), durationMs }, open)];
    },
    resume,
    stop: () => clearTimeout(timer),
  };
}
