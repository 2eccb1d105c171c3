/**
 * What the broker refused, counted by reason. A client that tries again and again is said once in a while, not each
 * time: the log of a box with an SD card is small.
 */
import type { Facts } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';

export interface Refusals {
  /** Counts; logs `broker.refused` unless the same address was refused for the same reason a short while ago. */
  note(reason: string, address: string, facts?: Facts): void;
  counts(): Record<string, number>;
}

const QUIET_MS = 600_000;
const REMEMBERED_MAX = 1_024;

export function refusals(log: Log, monotonicMs: () => number): Refusals {
  const counts = new Map<string, number>();
  const said = new Map<string, number>();
  const saidLately = (key: string): boolean => {
    const at = said.get(key);
    return at !== undefined && monotonicMs() - at < QUIET_MS;
  };
  const remember = (key: string) => {
    said.delete(key);
    const [oldest] = said.keys();
    if (said.size >= REMEMBERED_MAX && oldest !== undefined) said.delete(oldest);
    said.set(key, monotonicMs());
  };
  return {
    note(reason, address, facts = {}) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      const key = `${reason} ${address}`;
      if (saidLately(key)) return;
      remember(key);
      log.warn('broker.refused', { reason, address, ...facts });
    },
    counts: () => Object.fromEntries(counts),
  };
}
