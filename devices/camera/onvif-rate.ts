/**
 * How many beginnings a minute are told: a bucket that fills evenly. Each signal has its own: a storm of one leaves the others alone.
 */
export interface Rate {
  /** True when one more may be told now. */
  take(): boolean;
}

const MINUTE_MS = 60_000;

export function rate(perMinuteMax: number, monotonicMs: () => number): Rate {
  let tokens = perMinuteMax;
  let filledMs = monotonicMs();
  return {
    take() {
      const nowMs = monotonicMs();
      tokens = Math.min(perMinuteMax, tokens + ((nowMs - filledMs) * perMinuteMax) / MINUTE_MS);
      filledMs = nowMs;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
