/**
 * What networks do to datagrams: lose them, repeat them, let one overtake another, hold them back. Seeded and settable
 * while it runs, like `faults.ts`.
 */
import type { Random } from './random.ts';
import { recording, type Recording } from './recording.ts';

export interface DatagramFaults {
  /** Probability that a datagram is lost. */
  drop: number;
  /** Probability that it arrives twice. */
  duplicate: number;
  /** Probability that it is overtaken by the next one (or leaves after `REORDER_HOLD_MS` when none follows). */
  reorder: number;
  /** Every datagram waits a random time up to this. */
  delayMs: number;
}

const REORDER_HOLD_MS = 30;

export function noDatagramFaults(): DatagramFaults {
  return { drop: 0, duplicate: 0, reorder: 0, delayMs: 0 };
}

export interface FaultyDatagrams<T> {
  readonly faults: DatagramFaults;
  readonly record: Recording<T>;
  send(datagram: T): void;
  close(): void;
}

/** Datagrams with faults in front of `send`; `T` carries payload and destination. */
export function faultyDatagrams<T>(
  send: (datagram: T) => void,
  options: { random: Random; faults?: DatagramFaults; record?: Recording<T> },
): FaultyDatagrams<T> {
  const { random, faults = noDatagramFaults(), record = recording() } = options;
  const timers = new Set<NodeJS.Timeout>();
  let overtaken: (() => void) | undefined;
  const leave = (datagram: T) => {
    record.add(datagram);
    send(datagram);
    const late = overtaken;
    overtaken = undefined;
    late?.();
  };
  const after = (delayMs: number, action: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, delayMs);
    timers.add(timer);
  };
  const holdBack = (datagram: T) => {
    let waiting = true;
    const late = () => {
      if (!waiting) return;
      waiting = false;
      if (overtaken === late) overtaken = undefined;
      leave(datagram);
    };
    overtaken = late;
    after(REORDER_HOLD_MS, late);
  };
  const once = (datagram: T) => {
    if (overtaken === undefined && random.chance(faults.reorder)) holdBack(datagram);
    else if (faults.delayMs > 0) after(random.int(0, faults.delayMs), () => leave(datagram));
    else leave(datagram);
  };
  return {
    faults,
    record,
    send(datagram) {
      if (random.chance(faults.drop)) return;
      once(datagram);
      if (random.chance(faults.duplicate)) once(datagram);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
