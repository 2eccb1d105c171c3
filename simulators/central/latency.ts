/**
 * Latencies in logarithmic buckets, 3 % wide: percentiles of millions in a few kilobytes.
 */
const BUCKETS_PER_DOUBLING = 24;
const BUCKETS = 1_024;
const SMALLEST_MS = 0.01;

export interface LatencyRecord {
  add(latencyMs: number): void;
  /** Milliseconds below which `share` (0 to 1) of all lie; 0 without any. */
  percentile(share: number): number;
  max(): number;
}

export function latencyRecord(): LatencyRecord {
  const counts = new Float64Array(BUCKETS);
  let total = 0;
  let max = 0;
  return {
    add(latencyMs) {
      const steps = Math.log2(Math.max(SMALLEST_MS, latencyMs) / SMALLEST_MS) * BUCKETS_PER_DOUBLING;
      const bucket = Math.min(BUCKETS - 1, Math.floor(steps));
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      total += 1;
      max = Math.max(max, latencyMs);
    },
    percentile(share) {
      let left = total * share;
      for (const [bucket, count] of counts.entries()) {
        left -= count;
        if (count > 0 && left <= 0) return Math.min(max, SMALLEST_MS * 2 ** ((bucket + 1) / BUCKETS_PER_DOUBLING));
      }
      return 0;
    },
    max: () => max,
  };
}
