/**
 * How the evaluation that is open at a tablet gets its one outcome. Its end and the notebook without it are one commit.
 *
 * A mark counts when it was given in time, also if it arrives late: while the tablet is away, an evaluation whose time is
 * over stays open for `graceMs` (from the start of the gateway, if that was later), and a tablet that comes back has
 * `RETURN_MS` to say what it kept. After that it is "not rated", and a mark that still comes is refused.
 */
import type { MqttDevice } from '../../firmware-bridge/mqtt-device/mqtt-device.ts';
import type { Hall, Recorded } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import type { Evaluator, Level, UnratedReason } from './kind.ts';
import { remembered, type OpenEvaluation, type TabletMemory } from './mqtt-memory.ts';
import type { Notebook } from './notebook.ts';
import { requested, unrated } from './occurrences.ts';
import { ageMs, stampOf } from './stamp.ts';

/** Who ended an evaluation, for a tablet that says it again. */
export interface Ending {
  messageId?: string;
  /** Absent: without a mark. */
  level?: Level;
}

export interface Outcomes {
  /** The first sign that the citizen was asked becomes an event; nothing for an evaluation that is not open. */
  announce(id: string): Occurrence[];
  /** Records the occurrences and that the evaluation is over; stays open when they cannot be recorded. */
  end(open: OpenEvaluation, occurrences: Occurrence[], ending: Ending): Promise<Recorded[]>;
  /** Ends it without a mark; of one that was never seen on the screen there is nothing to tell. */
  conclude(open: OpenEvaluation, reason: UnratedReason, ending?: Ending): Promise<void>;
  /** The tablet came or went. */
  presence(connected: boolean): void;
  /** Sets the timer of what is open. */
  watch(): void;
  stop(): void;
}

export interface OutcomeOptions {
  hall: Pick<Hall<Evaluator>, 'window' | 'clock' | 'log' | 'signal'>;
  notebook: Notebook<TabletMemory>;
  tablet: Pick<MqttDevice, 'tell' | 'connected'>;
  graceMs: number;
  /** Called when an evaluation was opened or ended. */
  onChange: () => void;
}

/** A mark of the last moment is on its way for so long. */
export const TRANSIT_MS = 2_000;
/** A tablet that was away while the time ran out says within this time what it kept. */
export const RETURN_MS = 10_000;

export function outcomes({ hall, notebook, tablet, graceMs, onChange }: OutcomeOptions): Outcomes {
  const { clock, window } = hall;
  let timer: NodeJS.Timeout | undefined;
  let returnedMs = -Infinity;
  const startedMs = clock.monotonicMs();

  const leftMs = (open: OpenEvaluation): number => {
    const overMs = open.timeoutMs + TRANSIT_MS - ageMs(open.begun, clock);
    // While the gateway was off, the tablet could not say what it kept: it is away since the start at the earliest.
    if (!tablet.connected) return Math.max(overMs, startedMs - clock.monotonicMs()) + graceMs;
    return Math.max(overMs, returnedMs + RETURN_MS - clock.monotonicMs());
  };
  const timeOut = () => {
    const open = notebook.memory.evaluation;
    if (!open) return;
    conclude(open, 'time-out').catch((thrown: unknown) => {
      // Stopped before the commit: the stored notebook still has the evaluation, and the next run ends it.
      if (!hall.signal.aborted) hall.log.error('evaluation.not-recorded', thrown);
    });
  };
  const watch = () => {
    clearTimeout(timer);
    const open = notebook.memory.evaluation;
    if (open && !hall.signal.aborted) timer = setTimeout(timeOut, Math.max(0, leftMs(open)));
  };
  const change = (changes: Partial<TabletMemory>) => {
    notebook.change(changes);
    watch();
    onChange();
  };
  const end: Outcomes['end'] = async (open, occurrences, { messageId, level }) => {
    const { decided, lastLevel } = notebook.memory;
    const entry = { id: open.id, visitId: open.visit.visitId, messageId, rated: level !== undefined };
    change({ evaluation: undefined, decided: remembered(decided, entry), lastLevel: level ?? lastLevel });
    try {
      return await notebook.record(occurrences);
    } catch (thrown) {
      change({ evaluation: notebook.memory.evaluation ?? open, decided, lastLevel });
      throw thrown;
    }
  };
  const conclude: Outcomes['conclude'] = async (open, reason, ending = {}) => {
    await end(open, open.shown ? [unrated(window, reason, asked(open))] : [], ending);
    await tablet.tell('prompt', undefined, { retain: true });
  };
  return {
    announce(id) {
      const open = notebook.memory.evaluation;
      if (open?.id !== id || open.shown) return [];
      change({ evaluation: { ...open, shown: true, begun: stampOf(clock) } });
      return [requested(window, open.visit, open.timeoutMs / 1_000)];
    },
    end,
    conclude,
    presence(connected) {
      if (connected) returnedMs = clock.monotonicMs();
      watch();
    },
    watch,
    stop: () => clearTimeout(timer),
  };
}

/** What the events say of the evaluation. */
export function asked({ id, begun, visit: { ticketNumber, visitId } }: OpenEvaluation) {
  return { id, begun, ticketNumber, visitId };
}
