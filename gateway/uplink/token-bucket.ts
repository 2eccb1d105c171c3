/**
 * How many events may go now: `perSecond` on average, one second's worth at once. A live event finds tokens ready, so
 * the limit is felt only while a backlog drains.
 */
export interface TokenBucket {
  /** Whole tokens at hand. */
  available(nowMs: number): number;
  spend(count: number): void;
  /** Milliseconds until the next token; 0 when there is one. */
  waitMs(nowMs: number): number;
}

/** A bucket that starts full; without a rate it never runs dry. `nowMs` is monotonic time. */
export function tokenBucket(perSecond: number | undefined, startMs: number): TokenBucket {
  if (perSecond === undefined) {
    return { available: () => Number.MAX_SAFE_INTEGER, spend: () => undefined, waitMs: () => 0 };
  }
  let tokens = perSecond;
  let filledMs = startMs;
  const fill = (nowMs: number) => {
    tokens = Math.min(perSecond, tokens + ((nowMs - filledMs) * perSecond) / 1_000);
    filledMs = nowMs;
  };
  return {
    available(nowMs) {
      fill(nowMs);
      return Math.max(0, Math.floor(tokens));
    },
    spend: (count) => void (tokens -= count),
    waitMs(nowMs) {
      fill(nowMs);
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 1_000) / perSecond);
    },
  };
}
