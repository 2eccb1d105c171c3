/**
 * On what machine the figures were measured: what makes them faster or slower, and nothing that names it.
 */
import { open, readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { median } from './statistics.ts';
import { BENCH_CACHE, withWorkFolder } from './work-folder.ts';

export const machineSchema = z.strictObject({
  cpu: z.string(),
  cores: z.number(),
  memoryGiB: z.number(),
  node: z.string(),
  kernel: z.string(),
  fileSystem: z.string(),
  syncedWriteMs: z
    .number()
    .describe('median time of a 4 KiB write and its fdatasync, where the benchmarks keep their files'),
  loadAverage: z.number().describe('processes that wanted to run in the minute before: what else the machine did'),
});

export type MachineFacts = z.output<typeof machineSchema>;

const SYNCED_WRITES = 200;
const PAGE_BYTES = 4096;

export async function machineFacts(): Promise<MachineFacts> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: rounded(totalmem() / 2 ** 30, 1),
    node: process.version,
    kernel: `Linux ${release()}`,
    fileSystem: fileSystemOf(BENCH_CACHE, await readFile('/proc/self/mounts', 'utf8')),
    syncedWriteMs: rounded(await withWorkFolder(syncedWriteMs), 3),
    loadAverage: rounded(loadavg()[0] ?? 0, 1),
  };
}

/** `AMD EPYC, 2 cores, ...` in one line. */
export function machineText(facts: MachineFacts): string {
  const { cpu, cores, memoryGiB, node, kernel, fileSystem, syncedWriteMs, loadAverage } = facts;
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}, Node ${node}, ${fileSystem} (a synced 4 KiB write takes ${syncedWriteMs} ms), load before the last run ${loadAverage}`;
}

/** Type of the mount with the longest path that `path` lies below; `mounts` is the text of /proc/self/mounts. */
export function fileSystemOf(path: string, mounts: string): string {
  const found = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point = '']) => point === '/' || path === point || path.startsWith(`${point}/`))
    .sort(([, one = ''], [, other = '']) => other.length - one.length);
  return found[0]?.[2] ?? 'unknown';
}

async function syncedWriteMs(folder: string): Promise<number> {
  const file = await open(join(folder, 'synced'), 'w');
  const page = Buffer.alloc(PAGE_BYTES, 1);
  const times: number[] = [];
  for (let count = 0; count < SYNCED_WRITES; count += 1) {
    const started = performance.now();
    await file.write(page, 0, PAGE_BYTES, count * PAGE_BYTES);
    await file.datasync();
    times.push(performance.now() - started);
  }
  await file.close();
  return median(times);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
