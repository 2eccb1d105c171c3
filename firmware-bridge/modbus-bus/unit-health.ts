/**
 * Whether one unit of a bus answers, and when it is to be asked next. Pure: times come in.
 *
 *   unknown --heard--> well          unknown, well --missed twice in a row--> resting
 *   resting --heard--> well          resting is asked with growing pauses, because each time-out costs the bus dearly
 */
import type { BackoffLimits } from '../../gateway/kernel/backoff.ts';

export interface UnitHealth {
  state: 'unknown' | 'well' | 'resting';
  /** Requests in a row that had no right answer. */
  misses: number;
  /** When the unit is to be polled next, unless it is heard before. */
  dueAtMs: number;
}

export const MISSES_MAX = 2;
/** After a single miss the unit is asked again soon: it decides between a disturbance and a dead unit. */
const CONFIRM_MS = 500;
const RESTING: BackoffLimits = { firstMs: 5_000, maxMs: 60_000 };

/** Not asked yet: it is due at once. */
export function newUnit(nowMs: number): UnitHealth {
  return { state: 'unknown', misses: 0, dueAtMs: nowMs };
}

/** The unit answered, be it with a refusal. */
export function afterAnswer(nowMs: number, pollMs: number): UnitHealth {
  return { state: 'well', misses: 0, dueAtMs: nowMs + pollMs };
}

/** The unit did not answer. */
export function afterMiss(health: UnitHealth, nowMs: number): UnitHealth {
  const misses = health.misses + 1;
  if (misses < MISSES_MAX) return { ...health, misses, dueAtMs: nowMs + CONFIRM_MS };
  const pauseMs = Math.min(RESTING.maxMs, RESTING.firstMs * 2 ** Math.min(misses - MISSES_MAX, 30));
  return { state: 'resting', misses, dueAtMs: nowMs + pauseMs };
}
