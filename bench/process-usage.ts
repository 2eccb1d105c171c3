/**
 * Memory and processor time of a process and of everything that it started, from Linux's /proc.
 */
import { readdir, readFile } from 'node:fs/promises';

export interface ProcessUsage {
  /** Resident memory now. */
  rssMB: number;
  /** Processor time since it began, user and system. */
  cpuMs: number;
}

/** Linux counts processor time in these units on every architecture (USER_HZ, proc(5)). */
const TICK_MS = 10;
const KIB_PER_MB = 1_000_000 / 1_024;

export async function usageOf(pid: number): Promise<ProcessUsage> {
  const [status, stat] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFile(`/proc/${pid}/stat`, 'utf8'),
  ]);
  const rssKiB = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  // Behind the program's name, which may hold anything: field 3 comes first, utime and stime are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { rssMB: rssKiB / KIB_PER_MB, cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
}

/** The process and its descendants together; memory that they share counts for each. */
export async function usageOfTree(pid: number): Promise<ProcessUsage> {
  const own = await usageOf(pid);
  // One that ends while it is looked at was not there.
  const below = await Promise.all(
    (await childrenOf(pid)).map((child) => usageOfTree(child).catch(() => ({ rssMB: 0, cpuMs: 0 }))),
  );
  return {
    rssMB: below.reduce((sum, { rssMB }) => sum + rssMB, own.rssMB),
    cpuMs: below.reduce((sum, { cpuMs }) => sum + cpuMs, own.cpuMs),
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter((child) => child !== '')).map(Number);
}
