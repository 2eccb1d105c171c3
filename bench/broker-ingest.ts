/**
 * Durable ingest through the local broker: `mosquitto_pub -l -q 1` says 50,000 messages, and has each PUBACK only when
 * the message is committed in a real spool. The peer is Mosquitto with the same command, which syncs nothing. The two
 * take turns in one run, so that a busy machine is busy for both.
 *
 * One publisher has 20 messages under way, and its socket holds back the next until the last were acknowledged (Nagle's
 * algorithm), so about ten share a commit: that figure is the latency of the disk. Eight publishers at once are nearer
 * to a hall, where many devices share each commit.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker, type LocalBroker } from '../gateway/broker/broker.ts';
import { systemClock } from '../gateway/kernel/clock.ts';
import { jsonLog } from '../gateway/kernel/log.ts';
import { Secret } from '../gateway/kernel/secret.ts';
import { sleep } from '../gateway/kernel/waiting.ts';
import type { Spool } from '../gateway/spool/port.ts';
import { openSpool } from '../gateway/spool/spool.ts';
import { requireTool } from '../simulators/kit/tools.ts';
import type { Figure } from './figure.ts';

const MESSAGES = 50_000;
const ROUNDS = 3;
const CROWD = 8;
const RATIO_MIN = 0.5;
const GIB = 2 ** 30;
const PLACE = { hall: 'bench-hall', gateway: 'gw-1' };
const PASSWORD = 'benchmark';

/** Rates in messages a second, medians of the rounds. No figures when the Debian tools are missing. */
export async function benchBroker(): Promise<Figure[]> {
  const [mosquitto, publisher] = [requireTool('mosquitto'), requireTool('mosquitto_pub')];
  if (!mosquitto || !publisher) return [];
  const folder = await mkdtemp(join(tmpdir(), 'bench-broker-'));
  const peer = await startMosquitto(mosquitto, folder);
  const spool = await openBenchSpool(folder);
  const broker = await startBrokerOn(spool);
  try {
    const figures: Figure[] = [];
    for (const publishers of [1, CROWD]) {
      const ours: number[] = [];
      const theirs: number[] = [];
      const before = spool.status().head;
      for (let round = 0; round < ROUNDS; round += 1) {
        theirs.push(await rate(publisher, peer.port, publishers));
        ours.push(await rate(publisher, broker.port, publishers));
      }
      figures.push(figureOf(publishers, median(ours), median(theirs), spool.status().head - before));
    }
    return figures;
  } finally {
    await broker.close();
    await spool.close();
    await stop(peer.process);
    await rm(folder, { recursive: true, force: true });
  }
}

function figureOf(publishers: number, value: number, peerValue: number, committed: number): Figure {
  const ratio = value / peerValue;
  return {
    name: `durable ingest through the local broker, QoS 1, ${publishers} at once`,
    value,
    unit: 'messages/s',
    budget: '>= half of Mosquitto, which does not sync',
    peer: 'Mosquitto, same command',
    peerValue,
    ratio,
    holds: ratio >= RATIO_MIN && committed === MESSAGES * ROUNDS,
    note: `mosquitto_pub -l -q 1, ${MESSAGES} messages a round, ${ROUNDS} rounds in turn; ${committed} rows in the spool`,
  };
}

function openBenchSpool(folder: string): Promise<Spool> {
  const directory = join(folder, 'spool');
  return openSpool({ directory, place: PLACE, clock: systemClock(), log: jsonLog('silent'), quotaBytes: GIB });
}

function startBrokerOn(spool: Spool): Promise<LocalBroker> {
  const source = '/halls/bench-hall/gateways/gw-1/evaluator/bench';
  const topic = 'hall/v1/bench-hall/evaluator/bench/event/evaluation.submitted';
  const type = 'hall.evaluation.submitted.v1';
  return startBroker({
    listen: { host: '127.0.0.1', port: 0 },
    accounts: Array.from({ length: CROWD }, (_, index) => ({
      role: 'device' as const,
      user: `bench-${index}`,
      device: 'bench',
      password: new Secret(PASSWORD),
    })),
    place: PLACE,
    log: jsonLog('silent'),
    async onDeviceMessage(_device, _rest, payload) {
      const data = { raw: Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString() };
      await spool.append({ drafts: [{ topic, source, type, class: 'record', data }] });
    },
    onCommand: () => Promise.resolve(),
  });
}

/** Time is counted from the first line to the end of the last publisher, which leaves after its last PUBACK. */
async function rate(publisher: string, port: number, publishers: number): Promise<number> {
  const input = lines(MESSAGES / publishers);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: publishers }, (_, index) => publish(publisher, port, `bench-${index}`, input)),
  );
  return (MESSAGES * 1_000) / (performance.now() - started);
}

async function publish(publisher: string, port: number, user: string, input: string): Promise<void> {
  const login = ['-i', user, '-u', user, '-P', PASSWORD];
  const child = spawn(publisher, ['-p', String(port), ...login, '-t', 'device/bench/up', '-q', '1', '-l'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(input);
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`mosquitto_pub ended with ${String(code)}`);
}

function lines(count: number): string {
  const note = 'an evaluation as a button box says it, about a hundred and fifty bytes in all';
  return Array.from({ length: count }, (_, number) => JSON.stringify({ number, key: 5, window: '12', note })).join(
    '\n',
  );
}

async function startMosquitto(program: string, folder: string): Promise<{ process: ChildProcess; port: number }> {
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const child = spawn(program, ['-c', config], { stdio: 'ignore' });
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (tries > 100) throw new Error('Mosquitto does not listen');
    await sleep(50);
  }
  return { process: child, port };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill();
  await closed;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
