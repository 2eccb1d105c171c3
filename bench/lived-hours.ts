/**
 * Memory of the gateway over simulated time: samples while a day is lived, put together by hour.
 */
import { usageOfTree } from './process-usage.ts';
import { mean } from './statistics.ts';

export interface HourlyMemory {
  /** Mean of each simulated hour since the start, MB RSS; an hour without a sample is left out. */
  hours(): number[];
  stop(): void;
}

const SAMPLE_MS = 1_000;
const HOUR_MS = 3_600_000;

/** `pid` tells the gateway's process now, or undefined while there is none. `speed`: simulated seconds a second. */
export function watchMemory(pid: () => number | undefined, speed: number): HourlyMemory {
  const startedMs = performance.now();
  const samples = new Map<number, number[]>();
  const sample = async (process: number) => {
    const hour = Math.floor(((performance.now() - startedMs) * speed) / HOUR_MS);
    const { rssMB } = await usageOfTree(process);
    samples.set(hour, [...(samples.get(hour) ?? []), rssMB]);
  };
  const timer = setInterval(() => {
    const process = pid();
    // Between two looks it may have ended.
    if (process !== undefined) void sample(process).catch(() => undefined);
  }, SAMPLE_MS);
  return {
    hours: () => [...samples].sort(([one], [other]) => one - other).map(([, values]) => mean(values)),
    stop: () => clearInterval(timer),
  };
}
