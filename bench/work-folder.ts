/**
 * Where benchmarks keep their files: inside the repository, on the disk that is to be measured. The system's folder for
 * temporary files may be memory.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const BENCH_CACHE = join(ROOT, '.cache', 'bench');

/** Runs `work` with a fresh folder, which is removed afterwards. */
export async function withWorkFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(BENCH_CACHE, { recursive: true });
  const folder = await mkdtemp(join(BENCH_CACHE, 'work-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
