/**
 * Time as an argument. The wall clock may jump (a board without RTC starts in the past); the monotonic clock never does.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Clock {
  /** Wall clock, milliseconds since 1970, as the machine believes it. */
  now(): number;
  /** Milliseconds since an arbitrary point of this boot; never goes back. */
  monotonicMs(): number;
  /** Identity of this boot of the machine: monotonic times of one boot can be compared. */
  readonly bootId: string;
  /** True once the wall clock can be believed (after 2025, and the system says NTP has set it or it has an RTC). */
  synced(): boolean;
}

/** A wall clock before this instant cannot be right: the software did not exist (2025-01-01T00:00:00Z). */
export const EARLIEST_CREDIBLE_MS = Date.UTC(2025, 0, 1);

/** The machine's own clocks. `CLOCK_MONOTONIC` counts from boot on Linux, so it survives a restart of the process. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonicMs: () => Number(process.hrtime.bigint() / 1_000_000n),
    bootId: readBootId(),
    synced: () => Date.now() >= EARLIEST_CREDIBLE_MS,
  };
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}
