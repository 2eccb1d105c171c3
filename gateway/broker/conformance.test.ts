// MQTT 3.1.1 to the letter: every row of the table against our broker, and the same rows against Mosquitto.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectingLog } from '../kernel/log.ts';
import { Secret } from '../kernel/secret.ts';
import { sleep } from '../kernel/waiting.ts';
import { requireTool } from '../../simulators/kit/tools.ts';
import { startBroker, type LocalBroker } from './broker.ts';
import { ROWS } from './conformance-rows.ts';
import { ALICE, BOB, type Row, type Step } from './conformance-words.ts';
import { rawClient, type RawClient } from './raw-client.ts';

const PING = Buffer.from('c000', 'hex');

async function play(row: Row, port: number): Promise<void> {
  const clients = new Map<string, RawClient>();
  try {
    for (const step of row.steps) {
      const client = clients.get(step[0]) ?? (await rawClient(port));
      clients.set(step[0], client);
      await take(step, client);
    }
  } finally {
    for (const client of clients.values()) client.close();
  }
}

async function take([, what, detail]: Step, client: RawClient): Promise<void> {
  switch (what) {
    case 'sends':
      client.send(detail);
      return;
    case 'gets':
      expect(await client.read(digitsOf(detail) / 2)).toMatch(new RegExp(`^${detail}$`));
      return;
    case 'closed':
      expect(await client.closed()).toBe('');
      return;
    case 'nothing':
      client.send(PING);
      expect(await client.read(2)).toBe('d000');
  }
}

/** A choice in brackets is one digit. */
function digitsOf(pattern: string): number {
  return pattern.replace(/\[.*?\]/g, '.').length;
}

describe('the local broker keeps MQTT 3.1.1', () => {
  let broker: LocalBroker;
  beforeAll(async () => {
    broker = await startBroker({
      listen: { host: '127.0.0.1', port: 0 },
      place: { hall: 'h', gateway: 'g' },
      accounts: [ALICE, BOB].map(({ user, password }) => ({
        role: 'device' as const,
        user,
        device: 'd',
        password: new Secret(password),
      })),
      log: collectingLog(),
      onDeviceMessage: () => Promise.resolve(),
      onCommand: () => Promise.resolve(),
    });
  });
  afterAll(() => broker.close());
  it.each(ROWS)('$clause: $title', (row) => play(row, broker.port));
});

const [mosquitto, passwords] = [requireTool('mosquitto'), requireTool('mosquitto_passwd')];

describe.skipIf(!mosquitto || !passwords)('Mosquitto, for comparison', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  let child: ChildProcess;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const file = join(folder, 'passwords');
    writeFileSync(file, '', { mode: 0o600 });
    for (const { user, password } of [ALICE, BOB]) execFileSync(passwords!, ['-b', file, user, password]);
    const config = join(folder, 'mosquitto.conf');
    const userLine = process.getuid?.() === 0 ? 'user root\n' : '';
    writeFileSync(config, `${userLine}listener ${port} 127.0.0.1\npassword_file ${file}\nallow_anonymous false\n`);
    child = spawn(mosquitto!, ['-c', config], { stdio: 'ignore' });
    for (let tries = 0; tries < 100; tries += 1) {
      const probe = await rawClient(port).catch(() => undefined);
      probe?.close();
      if (probe) return;
      await sleep(50);
    }
  });
  afterAll(async () => {
    const gone = new Promise((done) => child.once('exit', done));
    child.kill();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps no row that ours does not, and differs in the rows that are printed', async () => {
    const deviations: string[] = [];
    for (const row of ROWS) {
      await play(row, port).catch(() => deviations.push(`${row.clause}: ${row.title}`));
    }
    console.info(`Mosquitto keeps ${ROWS.length - deviations.length} of ${ROWS.length} rows; it deviates in:`);
    for (const deviation of deviations) console.info(`  ${deviation}`);
    // A table that Mosquitto fails in bulk would be wrong, not strict.
    expect(deviations.length).toBeLessThan(ROWS.length / 4);
  }, 300_000);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
