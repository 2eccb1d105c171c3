/**
 * How long to wait before the next try: exponential growth with full jitter, so that a thousand halls that lost the same
 * centre do not return in the same second (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export interface BackoffLimits {
  firstMs: number;
  maxMs: number;
}

/** Delay before try number `attempt` (0 is the first retry): uniform in [0, min(maxMs, firstMs * 2^attempt)). */
export function fullJitterMs(attempt: number, limits: BackoffLimits, random: () => number = Math.random): number {
  const ceilingMs = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempt, 30));
  return Math.floor(random() * ceilingMs);
}
