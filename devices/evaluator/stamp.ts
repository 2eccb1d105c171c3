/**
 * Moments that outlive a restart: how long ago something was, when the box may have been switched off in between.
 */
import { z } from 'zod';
import { EARLIEST_CREDIBLE_MS, type Clock } from '../../gateway/kernel/clock.ts';

/** A moment that can be compared after a restart: by the monotonic clock in the same boot, else by the wall clock. */
export const stampSchema = z.strictObject({ bootId: z.string(), monotonicMs: z.number(), wallMs: z.number() });
export type Stamp = z.output<typeof stampSchema>;

/** The moment `agoMs` ago. */
export function stampOf(clock: Clock, agoMs = 0): Stamp {
  return { bootId: clock.bootId, monotonicMs: clock.monotonicMs() - agoMs, wallMs: clock.now() - agoMs };
}

/**
 * Milliseconds since the stamp. One of an earlier boot is at least as old as this boot; how much older, only two wall
 * clocks that can be believed tell. A box without a battery may start in the past: its clock must not make yesterday's
 * press a fresh one, of which the first press of today would be a repetition.
 */
export function ageMs(stamp: Stamp, clock: Clock): number {
  if (stamp.bootId === clock.bootId) return Math.max(0, clock.monotonicMs() - stamp.monotonicMs);
  const believed = clock.synced() && stamp.wallMs >= EARLIEST_CREDIBLE_MS;
  return Math.max(clock.monotonicMs(), believed ? clock.now() - stamp.wallMs : 0);
}
