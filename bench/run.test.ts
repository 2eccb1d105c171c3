// The command as a person gives it: a process of its own, its words and its exit code.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BENCHMARKS } from './benchmarks.ts';
import { ROOT } from './work-folder.ts';

async function bench(...args: string[]): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'bench', 'run.ts'), ...args], { cwd: ROOT });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

describe('npm run bench', () => {
  it('names its benchmarks when it is asked for one that it does not have', async () => {
    const { code, said } = await bench('speed');
    expect(code).toBe(2);
    for (const name of Object.keys(BENCHMARKS)) expect(said).toContain(name);
  });

  it('refuses a number of runs that is none', async () => {
    expect((await bench('start', '--runs', 'many')).code).toBe(2);
  });

  it('with --quick goes through a benchmark with the real gateway, prints its table and leaves the stored results alone', async () => {
    const before = await storedResults();
    const { code, said } = await bench('start', '--quick');
    expect(said).toMatch(/^figure +measured +unit +peer +ratio +budget +holds$/m);
    expect(said).toMatch(/^start to first device online +[\d,.]+ +ms .*<= 1,500 ms/m);
    expect(code).toBe(0);
    expect(await storedResults()).toEqual(before);
  }, 60_000);
});

/** What would change if the file were written. */
async function storedResults(): Promise<{ text: string; changedMs: number } | undefined> {
  const file = join(ROOT, 'bench', 'results.json');
  try {
    return { text: await readFile(file, 'utf8'), changedMs: (await stat(file)).mtimeMs };
  } catch {
    return undefined;
  }
}
