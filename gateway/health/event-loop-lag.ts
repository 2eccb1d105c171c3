/**
 * How late the event loop is: whatever keeps it busy keeps every device waiting.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Lag {
  /** Longest delay of a timer since the last look. */
  longestMs: number;
  /** Half of the timers since the last look were later than this. */
  medianMs: number;
}

export interface LagMeter {
  /** What was measured since the last look. */
  take(): Lag;
  stop(): void;
}

/** The meter samples with a timer of this period; a sample of a free loop is the period itself. */
const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

export function lagMeter(): LagMeter {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    take() {
      const lag = { longestMs: lateMs(histogram.max), medianMs: lateMs(histogram.percentile(50)) };
      histogram.reset();
      return lag;
    },
    stop: () => void histogram.disable(),
  };
}

function lateMs(sampleNs: number): number {
  return Math.max(0, Math.round((sampleNs / NANOSECONDS_PER_MS - RESOLUTION_MS) * 10) / 10);
}
