/**
 * Memory and processor time of a process, from Linux's /proc.
 */
import { readFile } from 'node:fs/promises';

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
