/**
 * Lets one loop sleep until there is something to do. A ring while nobody waits is remembered, several count as one.
 */
export interface Doorbell {
  ring(): void;
  /** Resolves at the next ring, or at once if it rang since the last wait, or after `timeoutMs`. */
  wait(timeoutMs?: number): Promise<void>;
}

export function doorbell(): Doorbell {
  let rung = false;
  let answer: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      answer?.();
    },
    async wait(timeoutMs) {
      if (!rung) await new Promise<void>((resolve) => sleepUntilAnswered(resolve, timeoutMs));
      rung = false;
    },
  };

  function sleepUntilAnswered(resolve: () => void, timeoutMs: number | undefined): void {
    const wake = () => {
      clearTimeout(timer);
      answer = undefined;
      resolve();
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
    answer = wake;
  }
}
