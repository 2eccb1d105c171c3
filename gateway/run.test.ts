/** The program as systemd sees it: what it says when it cannot start, and that it ends then, so that it is started again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqlite3 } from './spool/sqlite3-engine.ts';

const ENDS_WITHIN_MS = 15_000;
const PROGRAM = join(import.meta.dirname, 'main.ts');

describe('a gateway that cannot start says why in Chinese, and ends', () => {
  test('when the records were written by a newer version', async () => {
    const folder = await freshFolder();
    const newer = await openSqlite3(join(folder, 'spool.db'));
    await newer.exec('PRAGMA user_version = 99');
    await newer.close();
    const ended = await run(folder, '127.0.0.1:1883');
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.said).toContain('[spool.from-the-future]');
    expect(ended.said).toContain('→ 请重新安装该版本');
  });

  test('when the port of the broker is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    onTestFinished(() => void squatter.close());
    const { port } = squatter.address() as AddressInfo;
    const ended = await run(await freshFolder(), `127.0.0.1:${port}`);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.said).toContain('[broker.port-taken]');
  });

  test('when hall.yaml is wrong, with 78, which systemd does not try again', async () => {
    const ended = await run(await freshFolder(), 'nonsense');
    expect(ended).toMatchObject({ code: 78 });
    expect(ended.said).toContain('broker.listen');
  });
});

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'run-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function run(folder: string, listen: string): Promise<{ code: unknown; said: string }> {
  const file = join(folder, 'hall.yaml');
  const settings = { hall: { id: 'h', name: 'h' }, gateway: { id: 'g', dataDirectory: folder }, broker: { listen } };
  await writeFile(file, JSON.stringify(settings));
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, 'run', file], {
    env: { ...process.env, LC_ALL: 'zh_CN.UTF-8' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: ENDS_WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}
