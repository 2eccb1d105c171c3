/**
 * A small hall for tests of the whole gateway: an evaluator bus behind a serial server, a clock, a centre that judges, and
 * the gateway over settings as a technician writes them.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished } from 'vitest';
import { drivers } from '../devices/index.ts';
import { startCentralBroker, type CentralBroker } from '../simulators/central/central-broker.ts';
import { startConsumer, type Consumer, type ConsumerOptions } from '../simulators/central/consumer.ts';
import type { ReceivedEvent } from '../simulators/central/envelope-check.ts';
import { verdictText } from '../simulators/central/verdict-text.ts';
import { startEvaluatorBus, type EvaluatorBusSimulator } from '../simulators/evaluator/rs485.ts';
import { startClock, type ClockOptions, type SimulatedClock } from '../simulators/fingerprint-clock/clock.ts';
import { until } from '../simulators/kit/until.ts';
import { openGateway, type Gateway } from './compose.ts';
import { systemClock, type Clock } from './kernel/clock.ts';
import { collectingLog, type CollectedLine } from './kernel/log.ts';
import { parseSettings } from './settings/read-settings.ts';

export const PASSWORD = 'only-for-the-desk-7391';

export interface HallOptions {
  clockPulled?: boolean;
  deadLine?: boolean;
  noCentre?: boolean;
  brokerPort?: number;
  tmpfsMiB?: number;
  quotaMiB?: number;
  /** What is in the clock before the gateway meets it. */
  clockWith?: ClockOptions;
  /** Keys of `uplink:` beside the ordinary ones, or instead of them. */
  uplink?: Record<string, unknown>;
  /** Entries of `devices:` beside the ordinary ones, each in YAML's flow form. */
  moreDevices?: readonly string[];
  /** How the judge listens, if not straight at the centre. */
  judge?: Partial<ConsumerOptions>;
  /** The time that the gateway is told; the machine's own when absent. */
  time?: Clock;
}

export interface TestHall {
  bus: EvaluatorBusSimulator;
  clock: SimulatedClock;
  centre: CentralBroker;
  consumer: Consumer;
  dataDirectory: string;
  /** Where the gateway's own broker listens. */
  brokerPort: number;
  /** hall.yaml of this hall; the program finds its secret in the variable DESK_PASSWORD. */
  hallYaml: string;
  lines: CollectedLine[];
  open(): Promise<Gateway>;
  desk(port: number): ReturnType<typeof connectAsync>;
  logged(event: string): boolean;
  /** Records of devices, without results and requests. */
  recordsAtCentre(): ReceivedEvent[];
  /** Everything that arrived at the centre, in the order of first arrivals. */
  received: readonly ReceivedEvent[];
  /** Waits for so many records, and has the judge pronounce: nothing lost, nothing invented, and no more than these. */
  judged(records: number, patienceMs?: number): Promise<void>;
}

/** Stands the hall up; the gateway is opened by the test, after whatever it prepares. */
export async function openHall(options: HallOptions = {}): Promise<TestHall> {
  const folder = await mkdtemp(join(tmpdir(), 'hall-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const dataDirectory = join(folder, 'data');
  if (options.tmpfsMiB !== undefined) await mountTmpfs(dataDirectory, options.tmpfsMiB);
  const bus = await startEvaluatorBus({ addresses: [1, 2], port: { type: 'tcp' }, repeatMs: 200, sendsMax: 300 });
  onTestFinished(() => bus.close());
  const clock = await startClock({ users: [{ uid: 1, userId: '1001', name: '张三' }], ...options.clockWith });
  onTestFinished(() => clock.close());
  if (options.clockPulled) await clock.pullCable();
  const centre = await startCentralBroker();
  onTestFinished(() => centre.close());
  const received: ReceivedEvent[] = [];
  const consumer = await startConsumer({
    url: centre.url,
    hall: 'north',
    onEvent: (event) => void received.push(event),
    ...options.judge,
  });
  onTestFinished(() => consumer.close());
  const log = collectingLog();
  const brokerPort = options.brokerPort ?? (await freePort());
  const hallYaml = settingsText({ ...options, dataDirectory, brokerPort, bus, clock, centre });
  const read = parseSettings(hallYaml, { drivers, env: { DESK_PASSWORD: PASSWORD } });
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes, null, 2));
  const recordsAtCentre = () => received.filter(({ type }) => /submitted|punched/.test(type));
  return {
    bus,
    clock,
    centre,
    consumer,
    dataDirectory,
    brokerPort,
    hallYaml,
    lines: log.lines,
    async open() {
      const gateway = await openGateway({
        settings: read.settings,
        version: 'test',
        clock: options.time ?? systemClock(),
        log,
        env: {},
      });
      onTestFinished(() => gateway.close());
      return gateway;
    },
    async desk(port) {
      const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
        clientId: 'desk',
        username: 'desk',
        password: PASSWORD,
      });
      onTestFinished(() => client.endAsync(true));
      return client;
    },
    logged: (event) => log.lines.some((line) => line.event === event),
    recordsAtCentre,
    received,
    async judged(records, patienceMs) {
      await until(`${records} records are with the centre`, () => recordsAtCentre().length >= records, patienceMs);
      const verdict = consumer.verdict();
      expect(verdict.ok, verdictText(verdict)).toBe(true);
      expect(recordsAtCentre()).toHaveLength(records);
    },
  };
}

interface TextParts extends HallOptions {
  dataDirectory: string;
  brokerPort: number;
  bus: EvaluatorBusSimulator;
  clock: SimulatedClock;
  centre: CentralBroker;
}

function settingsText({ dataDirectory, brokerPort, bus, clock, centre, ...options }: TextParts): string {
  const { deadLine, noCentre, quotaMiB = 16, moreDevices = [] } = options;
  const port = bus.line.type === 'tcp' ? bus.line.port : 0;
  const uplink = { url: centre.url, backoff: { firstMs: 50, maxMs: 200 }, ...options.uplink };
  return `
hall: { id: north, name: 北区政务大厅 }
gateway: { id: gw-1, dataDirectory: ${dataDirectory} }
spool: { quotaMiB: ${quotaMiB} }
broker:
  listen: 127.0.0.1:${brokerPort}
  loopbackAnonymous: true
  accounts:
    - { user: desk, role: software, commands: ['*/*'], password: { env: DESK_PASSWORD } }
${noCentre ? '' : `uplink: ${JSON.stringify(uplink)}`}
lines:
  bus-a: { type: tcp, host: 127.0.0.1, port: ${port} }
${deadLine ? '  bus-b: { type: tcp, host: 127.0.0.1, port: 9 }' : ''}
devices:
  - { id: evaluator-1, kind: evaluator, wire: rs485, window: 1, line: bus-a, address: 1, keys: five-key, sameEvaluationMs: 0 }
  - { id: evaluator-2, kind: evaluator, wire: rs485, window: 2, line: bus-a, address: 2, keys: five-key, sameEvaluationMs: 0 }
${deadLine ? '  - { id: evaluator-3, kind: evaluator, wire: rs485, window: 3, line: bus-b, address: 1 }' : ''}
  - { id: clock-1, kind: fingerprint-clock, wire: zk, host: 127.0.0.1, port: ${clock.port} }
${moreDevices.map((entry) => `  - ${entry}`).join('\n')}
`;
}

async function mountTmpfs(directory: string, sizeMiB: number): Promise<void> {
  await mkdir(directory, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', directory]);
  onTestFinished(() => void execFileSync('umount', ['-l', directory]));
}

/** Ids of the events said on the local broker, heard as an anonymous client of the box itself. */
export async function hear(port: number): Promise<string[]> {
  const ids: string[] = [];
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
  onTestFinished(() => client.endAsync(true));
  client.on('message', (_topic, payload) => {
    const { id } = JSON.parse(payload.toString('utf8')) as { id: string };
    ids.push(id);
  });
  await client.subscribeAsync('hall/v1/north/+/+/event/+', { qos: 1 });
  return ids;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await until('listening', () => server.address() !== null);
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
