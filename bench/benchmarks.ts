/**
 * The benchmarks by name. Each is loaded only in the process that runs it.
 */
import type { Measurement, Size } from './figure.ts';

interface Benchmark {
  title: string;
  run(size: Size): Promise<Measurement[]>;
  /** The measured part runs in the measuring process, whose memory at the end is therefore a figure too. */
  inProcess: boolean;
}

export const BENCHMARKS = {
  spool: {
    title: 'durable ingest and reading at the spool',
    run: async (size) => (await import('./spool-ingest.ts')).benchSpool(size),
    inProcess: true,
  },
  broker: {
    title: 'durable ingest through the local broker',
    run: async (size) => (await import('./broker-ingest.ts')).benchBroker(size),
    inProcess: true,
  },
  uplink: {
    title: 'draining to the centre',
    run: async (size) => (await import('./uplink-drain.ts')).benchUplink(size),
    inProcess: true,
  },
  latency: {
    title: 'from a key to the centre',
    run: async (size) => (await import('./latency.ts')).benchLatency(size),
    inProcess: false,
  },
  start: {
    title: 'from power to the first device',
    run: async (size) => (await import('./start.ts')).benchStart(size),
    inProcess: false,
  },
  'reference-hall': {
    title: 'the peak hour of the reference hall',
    run: async (size) => (await import('./reference-hall.ts')).benchReferenceHall(size),
    inProcess: false,
  },
  'long-day': {
    title: 'a day of the reference hall, with everything that goes wrong',
    run: async (size) => (await import('./long-day.ts')).benchLongDay(size),
    inProcess: false,
  },
} as const satisfies Record<string, Benchmark>;

export type BenchmarkName = keyof typeof BENCHMARKS;

export function isBenchmark(name: string): name is BenchmarkName {
  return Object.hasOwn(BENCHMARKS, name);
}
