/**
 * What systemd hears from the gateway, through its real systemd-notify and a real datagram socket.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { requireTool } from '../../simulators/kit/tools.ts';
import { HallError } from '../kernel/errors.ts';
import { collectingLog } from '../kernel/log.ts';
import type { SpoolStatus } from '../spool/port.ts';
import { until } from '../supervisor/testing-hall.ts';
import { startWatchdog, type Watchdog, type WatchdogOptions } from './watchdog.ts';

const python = requireTool('python3');
const systemdNotify = requireTool('systemd-notify');

/** A stand-in for systemd: prints every datagram as one line. */
const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    print(s.recv(65536).decode().replace("\\n", " | "), flush=True)
`;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listener() {
  const directory = await mkdtemp(join(tmpdir(), 'hall-notify-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  const path = join(directory, 'notify');
  const child: ChildProcess = spawn(python ?? 'python3', ['-c', LISTENER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(async () => {
    child.kill();
    await once(child, 'exit');
  });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const heard = () => text.split('\n').filter((line) => line !== '' && line !== 'listening');
  await until(() => text.includes('listening'), 'the socket');
  return { path, heard };
}

const STATUS = { trouble: undefined } as SpoolStatus;
const spool = (probe: () => Promise<void>, trouble?: HallError) => ({ probe, status: () => ({ ...STATUS, trouble }) });
const fine = spool(() => Promise.resolve());
const signs = (heard: readonly string[]) => heard.filter((line) => line.includes('WATCHDOG=1')).length;

async function watched(watchedSpool: WatchdogOptions['spool'], more: Partial<WatchdogOptions> = {}) {
  const { path, heard } = await listener();
  const log = collectingLog();
  const env = { ...process.env, NOTIFY_SOCKET: path, WATCHDOG_USEC: '600000' };
  const watchdog: Watchdog = startWatchdog({ env, spool: watchedSpool, log, ...more });
  cleanups.push(() => watchdog.close());
  await watchdog.ready();
  return { watchdog, heard, events: () => log.lines.map(({ event }) => event) };
}

describe.skipIf(!python || !systemdNotify)('systemd', () => {
  it('hears that the gateway is ready, that it lives, and that it stops', async () => {
    const { watchdog, heard } = await watched(fine);
    await until(() => signs(heard()) >= 2, 'two signs of life');
    await watchdog.close();
    await until(() => heard().at(-1) === 'STOPPING=1', 'the farewell');
    expect(heard()[0]).toBe('READY=1');
    expect(heard()[1]).toContain('STATUS=Running.');
  });

  it('hears no sign of life while the spool answers neither way, and hears one again when it does', async () => {
    let wedged = true;
    const { heard, events } = await watched(spool(() => (wedged ? new Promise(() => undefined) : Promise.resolve())));
    await until(() => heard().length >= 3, 'two looks');
    expect(signs(heard())).toBe(0);
    expect(heard()[1]).toContain('STATUS=The spool');
    wedged = false;
    await until(() => signs(heard()) >= 1, 'a sign of life');
    expect(events()).toEqual(['watchdog.withheld', 'watchdog.resumed']);
  });

  const full = new HallError('spool.closed', { message: 'The disk is full.' });
  it.each([
    ['refuses a write', spool(() => Promise.reject(full))],
    ['is known to be full and does not answer', spool(() => new Promise(() => undefined), full)],
  ])(
    'goes on hearing signs of life, and why, when the disk %s: a restart would mend nothing',
    async (_what, refusing) => {
      const { heard } = await watched(refusing);
      await until(() => signs(heard()) >= 2, 'signs of life');
      expect(heard()[1]).toContain('STATUS=The disk is full.');
    },
  );

  it('hears no sign of life from an event loop that is always late', async () => {
    const { heard, events } = await watched(fine, { limits: { lagMedianMaxMs: -1 } });
    await until(() => events().includes('watchdog.withheld'), 'the withheld sign');
    expect(signs(heard())).toBe(0);
  });
});

describe('without systemd', () => {
  it('nothing is told', async () => {
    const log = collectingLog();
    const watchdog = startWatchdog({ env: {}, spool: fine, log });
    await watchdog.ready();
    await watchdog.close();
    expect(log.lines).toEqual([]);
  });
});

describe('a systemd that cannot be told', () => {
  it('is complained of once', async () => {
    const log = collectingLog();
    const env = { PATH: '/nowhere', NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '60000' };
    let probes = 0;
    const counting = spool(() => Promise.resolve(void (probes += 1)));
    const watchdog = startWatchdog({ env, spool: counting, log });
    await watchdog.ready();
    await until(() => probes >= 3, 'three looks');
    await watchdog.close();
    expect(log.lines.map(({ event }) => event)).toEqual(['watchdog.unheard']);
  });
});
