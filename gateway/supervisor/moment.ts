/**
 * A point in time that mends itself: one that was marked before the clock was set is corrected, once, after it was.
 */
import type { Clock } from '../kernel/clock.ts';

export interface Moment {
  /** ISO 8601 in UTC. */
  text(): string;
}

/** Marks this instant. */
export function momentNow(clock: Clock): Moment {
  const monotonicMs = clock.monotonicMs();
  let wallMs = clock.now();
  let believed = clock.synced();
  return {
    text() {
      if (!believed && clock.synced()) {
        wallMs = clock.now() - (clock.monotonicMs() - monotonicMs);
        believed = true;
      }
      return new Date(wallMs).toISOString();
    },
  };
}
