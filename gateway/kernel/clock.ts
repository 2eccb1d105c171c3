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
  /** True once the wall clock can be believed: a board without a clock of its own starts long before this software was. */
  synced(): boolean;
}

/** A wall clock before this instant cannot be right: the software did not exist (2025-01-01T00:00:00Z). */
export const EARLIEST_CREDIBLE_MS = Date.UTC(2025, 0, 1);

/** How often a clock that cannot be believed is looked at. */
const LOOK_MS = 1_000;

/** Calls `then` once, when a clock that could not be believed can be; returns the way to stop waiting for that. */
export function whenSynced(clock: Clock, then: () => void): () => void {
  if (clock.synced()) return () => undefined;
  const timer = setInterval(() => {
    if (!clock.synced()) return;
    clearInterval(timer);
    then();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

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
