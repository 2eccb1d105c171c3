/**
 * How work wakes a loop that has none: it waits for the bell or for a time, whichever comes first, and leaves no timer behind.
 */
export interface Doorbell {
  ring(): void;
  /** Resolves at the next ring, or after `delayMs` (`Infinity`: only at a ring). */
  wait(delayMs: number): Promise<void>;
}

/** The longest that a timer can run. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export function doorbell(): Doorbell {
  let answer: (() => void) | undefined;
  return {
    ring: () => answer?.(),
    wait: (delayMs) =>
      new Promise((resolve) => {
        const timer = delayMs === Infinity ? undefined : setTimeout(() => answer?.(), Math.min(delayMs, TIMER_MAX_MS));
        answer = () => {
          clearTimeout(timer);
          answer = undefined;
          resolve();
        };
      }),
  };
}
