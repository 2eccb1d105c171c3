/**
 * Which time an event gets, and how long events with a doubtful one are held back from the centre.
 *
 * Held back are the rows of this boot from the first doubtful one on: until the clock is right (then they are corrected as
 * they are read), or until patience ends (then they go as `unsynced`, and nothing of this boot is held back again). Patience
 * begins when somebody wants to read them: while the centre is away, and the time server with it, waiting costs nothing.
 */
import type { Clock } from '../kernel/clock.ts';
import type { TimeSource } from '../kernel/event.ts';
import { shiftNow, writeBoot, type Boot } from './boot-time.ts';
import type { EventRow } from './event-row.ts';
import type { Store } from './store.ts';

export interface Stamp {
  timeMs: number;
  clock: TimeSource;
  /** Set when the time is doubtful. */
  monotonicMs: number | null;
}

export interface ClockHold {
  stamp(deviceTimeMs: number | undefined): Stamp;
  /** Finds the rows of this boot that an earlier run of the program has left. */
  recall(store: Store): Promise<void>;
  committed(rows: readonly EventRow[]): void;
  /** First sequence that is held back, or Infinity; for who would read on. */
  readonly heldFrom: number;
  stop(): void;
}

export interface ClockHoldOptions {
  clock: Clock;
  patienceMs: number;
  pollMs: number;
  /** Makes the shift of this boot durable. */
  settle(shiftMs: number): Promise<void>;
  /** Rows that were held back may be read now. */
  released(): void;
}

export function clockHold(options: ClockHoldOptions): ClockHold {
  const { clock, patienceMs, pollMs } = options;
  let held: { from: number; askedMs: number | undefined } | undefined;
  let outOfPatience = false;
  let shiftMs: number | undefined;
  let settling = false;
  let timer: NodeJS.Timeout | undefined;

  const hold = (from: number) => {
    if (held || outOfPatience) return;
    held = { from, askedMs: undefined };
    timer = setInterval(look, pollMs);
    timer.unref();
  };
  const release = () => {
    held = undefined;
    clearInterval(timer);
    options.released();
  };
  const look = () => {
    if (!held || settling) return;
    if (clock.synced()) void settle();
    else if (clock.monotonicMs() - (held.askedMs ?? Infinity) >= patienceMs) {
      outOfPatience = true;
      release();
    }
  };
  const settle = async () => {
    settling = true;
    const shift = shiftNow(clock);
    try {
      await options.settle(shift);
      shiftMs = shift;
      release();
    } catch {
      // The disk refuses, which the writer reports; the next look tries again.
    } finally {
      settling = false;
    }
  };

  return {
    stamp(deviceTimeMs) {
      const { wallMs, doubtful } = wallTime(clock, shiftMs);
      const timeMs = deviceTimeMs ?? wallMs;
      const source = doubtful ? 'unsynced' : 'synced';
      return {
        timeMs,
        clock: deviceTimeMs === undefined ? source : 'device',
        monotonicMs: doubtful ? Math.round(clock.monotonicMs()) : null,
      };
    },
    async recall({ writer, boots, boot, ledger }) {
      // What was held back has another number now if the file was salvaged.
      held = undefined;
      clearInterval(timer);
      shiftMs = boots.get(boot)?.shiftMs;
      if (shiftMs !== undefined) return;
      const [row] = await writer.all(
        'SELECT sequence FROM event WHERE boot = ?1 AND sequence > ?2 ORDER BY sequence LIMIT 1',
        boot,
        ledger.confirmed,
      );
      if (row) hold(Number(row['sequence']));
    },
    committed(rows) {
      const first = held || outOfPatience ? undefined : rows.find((row) => row.boot !== null);
      if (first && shiftMs === undefined) hold(first.sequence);
    },
    get heldFrom() {
      if (held) held.askedMs ??= clock.monotonicMs();
      look();
      return held?.from ?? Infinity;
    },
    stop: () => clearInterval(timer),
  };
}

/** The clock's word, or what it would say had it not been turned back since it was right. */
function wallTime(clock: Clock, shiftMs: number | undefined): { wallMs: number; doubtful: boolean } {
  if (clock.synced()) return { wallMs: clock.now(), doubtful: false };
  if (shiftMs !== undefined) return { wallMs: clock.monotonicMs() + shiftMs, doubtful: false };
  return { wallMs: clock.now(), doubtful: true };
}

/** Stores the shift of this boot; run by the writer. */
export async function storeShift({ writer, boots, boot }: Store, bootId: string, shiftMs: number): Promise<void> {
  const row: Boot & { bootId: string } = { number: boot, bootId, shiftMs };
  await writeBoot(writer, row);
  boots.set(boot, row);
}
