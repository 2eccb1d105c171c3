/**
 * Durable ingest through the local broker: `mosquitto_pub -l -q 1` says its messages, and has each PUBACK only when
 * the message is committed in a real spool. The peer is Mosquitto with the same command, which syncs nothing. The two
 * take turns in one run, so that a busy machine is busy for both.
 *
 * One publisher has 20 messages under way, and its socket holds back all but the first until that one was acknowledged
 * (Nagle's algorithm), so 20 messages take two commits: that figure is the latency of the disk. Without Nagle's algorithm
 * they share one. Eight publishers at once are nearer to a hall, where many devices share each commit.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startBroker, type LocalBroker } from '../gateway/broker/broker.ts';
import { systemClock } from '../gateway/kernel/clock.ts';
import { jsonLog } from '../gateway/kernel/log.ts';
import { Secret } from '../gateway/kernel/secret.ts';
import type { Spool } from '../gateway/spool/port.ts';
import { openSpool } from '../gateway/spool/spool.ts';
import { requireTool } from '../simulators/kit/tools.ts';

import type { Measurement, Size } from './figure.ts';
import { startMosquitto } from './mosquitto.ts';
import { median } from './statistics.ts';
import { withWorkFolder } from './work-folder.ts';

const SIZES = { full: { messages: 20_000, rounds: 5 }, quick: { messages: 800, rounds: 1 } };
const CROWD = 8;
const RATIO_MIN = 0.5;
const GIB = 2 ** 30;
const PLACE = { hall: 'bench-hall', gateway: 'gw-1' };
const PASSWORD = 'benchmark';

/** Rates in messages a second, medians of the rounds. */
export async function benchBroker(size: Size): Promise<Measurement[]> {
  const publisher = requireTool('mosquitto_pub');
  if (publisher === undefined) throw new Error('install Debian package mosquitto-clients to run this benchmark');
  return withWorkFolder(async (folder) => {
    const peer = await startMosquitto({ folder });
    const spool = await openBenchSpool(folder);
    const broker = await startBrokerOn(spool);
    const contest = { publisher, ours: broker.port, peers: peer.port, spool, ...SIZES[size] };
    try {
      return [
        await contested(contest, { publishers: 1, nagle: true }),
        await contested(contest, { publishers: 1, nagle: false }),
        await contested(contest, { publishers: CROWD, nagle: true }),
      ];
    } finally {
      await broker.close();
      await spool.close();
      await peer.stop();
    }
  });
}

interface Contest {
  publisher: string;
  /** Ports of the two brokers. */
  ours: number;
  peers: number;
  spool: Spool;
  messages: number;
  rounds: number;
}

/** Who publishes at once, and whether their sockets hold small packets back until earlier ones were acknowledged. */
interface Crowd {
  publishers: number;
  nagle: boolean;
}

/** @throws Error when a message was acknowledged that is not in the spool. */
async function contested(contest: Contest, crowd: Crowd): Promise<Measurement> {
  const { publisher, messages, rounds, spool } = contest;
  const before = spool.status().head;
  const rates: { ours: number; peers: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const peers = await rate(publisher, contest.peers, crowd, messages);
    rates.push({ peers, ours: await rate(publisher, contest.ours, crowd, messages) });
  }
  const committed = spool.status().head - before;
  if (committed !== messages * rounds) throw new Error(`${messages * rounds} acknowledged, ${committed} committed`);
  return {
    name: `durable ingest through the local broker, QoS 1, ${crowd.publishers} at once${crowd.nagle ? '' : ', --nodelay'}`,
    value: median(rates.map(({ ours }) => ours)),
    unit: 'messages/s',
    budget: { of: 'ratio', atLeast: RATIO_MIN },
    peer: { name: 'Mosquitto', value: median(rates.map(({ peers }) => peers)) },
    note: `mosquitto_pub -l -q 1${crowd.nagle ? '' : ' --nodelay'}, ${messages} messages a round, ${rounds} rounds in turn; Mosquitto with its default settings, which sync nothing`,
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
async function rate(publisher: string, port: number, { publishers, nagle }: Crowd, messages: number): Promise<number> {
  const extra = nagle ? [] : ['--nodelay'];
  const input = lines(messages / publishers);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: publishers }, (_, index) =>
      publish(publisher, [...extra, '-p', String(port)], `bench-${index}`, input),
    ),
  );
  return (messages * 1_000) / (performance.now() - started);
}

async function publish(publisher: string, args: readonly string[], user: string, input: string): Promise<void> {
  const login = ['-i', user, '-u', user, '-P', PASSWORD];
  const child = spawn(publisher, [...args, ...login, '-t', 'device/bench/up', '-q', '1', '-l'], {
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
