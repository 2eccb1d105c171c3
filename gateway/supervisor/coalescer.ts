/**
 * Puts many changes into few messages: the newest wins, the last one always goes out.
 */
import type { Clock } from '../kernel/clock.ts';

export interface Coalescer {
  /** Something changed; `publish` is called soon, and never more often than the limits say. */
  changed(): void;
  /** Publishes what waits, and nothing any more after that. */
  close(): void;
}

export interface CoalescerLimits {
  /** How long a change waits for company. */
  settleMs: number;
  /** Shortest time between two calls of `publish`. */
  intervalMs: number;
}

export function coalescer(publish: () => void, limits: CoalescerLimits, clock: Clock): Coalescer {
  let timer: NodeJS.Timeout | undefined;
  let publishedMs = -Infinity;
  let closed = false;
  const fire = () => {
    timer = undefined;
    publishedMs = clock.monotonicMs();
    publish();
  };
  return {
    changed() {
      if (closed || timer) return;
      const waitMs = publishedMs + limits.intervalMs - clock.monotonicMs();
      timer = setTimeout(fire, Math.max(limits.settleMs, waitMs));
    },
    close() {
      closed = true;
      if (!timer) return;
      clearTimeout(timer);
      fire();
    },
  };
}
