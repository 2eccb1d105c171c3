/** The command line of the hall simulator as people use it: as a process, on a copy of a hall.yaml. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../gateway/testing-gateway.ts';
import { until } from '../kit/until.ts';

const CLI = fileURLToPath(new URL('cli.ts', import.meta.url));
let folder: string;
const running = new Set<ChildProcess>();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hall-cli-'));
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

interface Run {
  child: ChildProcess;
  said(): string;
  ended: Promise<number | null>;
}

function hall(...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CLI, '--lang', 'en', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => (text += more));
  const ended = once(child, 'close').then(() => {
    running.delete(child);
    return child.exitCode;
  });
  return { child, said: () => text, ended };
}

async function said(...args: string[]): Promise<{ code: number | null; text: string }> {
  const run = hall(...args);
  const code = await run.ended;
  return { code, text: run.said() };
}

describe('a hall from the command line', () => {
  test('is copied, stands up, does what people tell it, and ends in order', { timeout: 60_000 }, async () => {
    await writeFile(
      join(folder, 'hall.yaml'),
      `# 大厅
hall: { id: h }
gateway: { id: g }
broker:
  listen: 127.0.0.1:${await freePort()}
  accounts:
    - { user: calling, role: software, password: { env: NO_SUCH_PASSWORD } }
devices:
  - { id: clock, kind: fingerprint-clock, wire: zk, host: 192.0.2.7, port: ${await freePort()} }
`,
    );
    const refused = await said('run', 'hall.yaml');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.text).toContain('192.0.2.7');

    expect(await said('rewrite', 'hall.yaml', 'copy.yaml')).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'copy.yaml'), 'utf8')).toMatch(/^# 大厅\n[^]*127\.1\.0\.1/);

    const run = hall('run', 'copy.yaml', '--api-port', '0', '--from', '23:00', '--record', 'truth.jsonl');
    const api = await until('the hall stands', () => /Page and API: (\S+)/.exec(run.said())?.[1], 30_000);
    const [list, punch, cable, wrong] = await Promise.all([
      said('--api', api, 'list'),
      said('--api', api, 'punch', 'clock', 'userId=1002'),
      said('--api', api, 'pull', 'clock'),
      said('--api', api, 'do', 'clock', 'sing'),
    ]);
    expect(list.text).toMatch(/clock +fingerprint-clock zk[^]*punch userId=1001 punch=0 +somebody punches/);
    expect(punch).toMatchObject({ code: 0 });
    expect(cable.text).toBe('clock: CABLE OUT\n');
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.text).toContain('its hands are: punch');
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(run.said()).toMatch(/0 deeds, 1 happenings[^]*Stopped in order/);
    expect(await readFile(join(folder, 'truth.jsonl'), 'utf8')).toContain('"userId":"1002"');
  });

  test('says what to do when no hall answers, and what is wrong in an option', async () => {
    const [silent, option] = await Promise.all([
      said('--api', `http://127.0.0.1:${await freePort()}`, 'list'),
      said('run', 'hall.yaml', '--from', '25:00'),
    ]);
    expect(silent).toMatchObject({ code: 1 });
    expect(silent.text).toMatch(/No hall answers[^]*--api URL/);
    expect(option).toMatchObject({ code: 1 });
    expect(option.text).toContain('write HH:MM');
  });

  test('has its help in Chinese for who reads Chinese', async () => {
    const { text } = await said('--lang', 'zh', '--help');
    expect(text).toContain('立起整个大厅并模拟一天');
  });
});
