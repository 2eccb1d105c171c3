/**
 * Wrong passwords, counted by address. A closed address is not even compared, so guessing costs the guesser its time.
 */
import type { BrokerLimits } from './limits.ts';

interface Record {
  wrong: number;
  /** When the count began, or when the address was closed; it is forgotten `throttleMs` later. */
  sinceMs: number;
}

export interface Throttle {
  closed(address: string): boolean;
  /** Counts a wrong password; true when it is the one that closes the address. */
  wrong(address: string): boolean;
  /** Addresses it remembers. */
  size(): number;
}

type ThrottleLimits = Pick<BrokerLimits, 'wrongPasswordsMax' | 'throttleMs' | 'throttledAddressesMax'>;

/** `monotonicMs` is a clock that never goes back. */
export function passwordThrottle(limits: ThrottleLimits, monotonicMs: () => number): Throttle {
  const records = new Map<string, Record>();
  const current = (address: string): Record | undefined => {
    const record = records.get(address);
    if (record && monotonicMs() - record.sinceMs < limits.throttleMs) return record;
    records.delete(address);
    return undefined;
  };
  const makeRoom = () => {
    const [oldest] = records.keys();
    if (records.size >= limits.throttledAddressesMax && oldest !== undefined) records.delete(oldest);
  };
  return {
    closed: (address) => (current(address)?.wrong ?? 0) >= limits.wrongPasswordsMax,
    wrong(address) {
      const record = current(address) ?? { wrong: 0, sinceMs: monotonicMs() };
      record.wrong += 1;
      const closes = record.wrong === limits.wrongPasswordsMax;
      if (closes) record.sinceMs = monotonicMs();
      if (!records.has(address)) makeRoom();
      records.set(address, record);
      return closes;
    },
    size: () => records.size,
  };
}
