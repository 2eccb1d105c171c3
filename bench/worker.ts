/**
 * One run of one benchmark in a process of its own, so that none inherits another's memory, and the memory at the end is its own.
 *
 *     node worker NAME full|quick     sends its parent the measurements
 */
import { BENCHMARKS, isBenchmark } from './benchmarks.ts';
import type { Measurement } from './figure.ts';
import { usageOf } from './process-usage.ts';

const [name = '', size] = process.argv.slice(2);
if (!isBenchmark(name) || (size !== 'full' && size !== 'quick'))
  throw new Error(`not a benchmark: ${name} ${size ?? ''}`);
const benchmark = BENCHMARKS[name];
const measurements: Measurement[] = await benchmark.run(size);
if (benchmark.inProcess) {
  const { rssMB } = await usageOf(process.pid);
  measurements.push({
    name: `${name}: memory at the end`,
    value: rssMB,
    unit: 'MB RSS',
    note: 'with the benchmark itself',
  });
}
process.send?.(measurements);
