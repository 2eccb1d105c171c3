/**
 * One timer that rings at the earliest of the times it was asked for.
 */
export interface Alarm {
  /** Rings in `delayMs`, or earlier if that was asked for before. */
  within(delayMs: number): void;
  stop(): void;
}

export function alarm(ring: () => void, nowMs: () => number): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let dueMs = 0;
  return {
    within(delayMs) {
      const askedMs = nowMs() + delayMs;
      if (timer && dueMs <= askedMs) return;
      clearTimeout(timer);
      dueMs = askedMs;
      timer = setTimeout(() => {
        timer = undefined;
        ring();
      }, delayMs);
    },
    stop: () => clearTimeout(timer),
  };
}
