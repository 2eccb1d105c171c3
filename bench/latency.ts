/**
 * From a press to the centre: evaluators on serial servers, the bundled gateway in a process of its own, Mosquitto as the
 * centre, and a consumer there. The time runs from the moment the last byte of the key's telegram is on the wire to the
 * moment the event is at the consumer; simulators and consumer share one process, and so one clock.
 */
import { connectAsync } from 'mqtt';
import { z } from 'zod';
import { sleep } from '../gateway/kernel/waiting.ts';
import { seededRandom } from '../simulators/kit/random.ts';
import { until } from '../simulators/kit/until.ts';
import { startEvaluatorBus, type EvaluatorBusOptions } from '../simulators/evaluator/rs485.ts';
import { bundledGateway, evaluatorId, HALL, startGateway, writeSettings, type BenchBus } from './bundled-gateway.ts';

import type { Measurement, Size } from './figure.ts';
import { freePort, startMosquitto } from './mosquitto.ts';
import { usageOf } from './process-usage.ts';
import { percentile } from './statistics.ts';
import { withWorkFolder } from './work-folder.ts';

const SIZES = {
  full: { warmUpPresses: 500, presses: 3_000, serialPresses: 300 },
  quick: { warmUpPresses: 20, presses: 100, serialPresses: 10 },
};
/** The evaluators of the reference hall: 131 on eight serial servers. */
const TCP_BUSES = 8;
const EVALUATORS = 131;
const SERIAL_EVALUATORS = 16;
const KEYS = 5;
const PRESSES_PER_SECOND = 50;
/** One bus at 9600 baud bears fewer. */
const SERIAL_PRESSES_PER_SECOND = 10;
const ARRIVE_MS = 30_000;
/** FF 68 L L 68 address command key sum 16: where a telegram of the evaluator has its address and its key. */
const TELEGRAM = { bytes: 10, addressAt: 5, keyAt: 7 };

export async function benchLatency(size: Size): Promise<Measurement[]> {
  const sizes = SIZES[size];
  return withWorkFolder(async (folder) => {
    const program = await bundledGateway();
    const centre = await startMosquitto({ folder });
    const watch = pressWatch();
    const network = await Promise.all(
      shares(EVALUATORS, TCP_BUSES).map((count, index) => startBus(`tcp${index + 1}`, count, { type: 'tcp' }, watch)),
    );
    const serial = await startBus('serial', SERIAL_EVALUATORS, { type: 'pty' }, watch);
    const buses = [...network, serial];
    const settings = await writeSettings({
      folder,
      brokerPort: await freePort(),
      centreUrl: centre.url,
      buses,
      clocks: [],
    });
    const consumer = await startConsumer(centre.url, watch);
    const gateway = startGateway(program, settings, folder);
    try {
      await until('every line is open', () => consumer.evaluatorsReady() === EVALUATORS + SERIAL_EVALUATORS, ARRIVE_MS);
      const pressing = presser(watch);
      await pressing(network, sizes.warmUpPresses, PRESSES_PER_SECOND);
      const before = { ...(await usageOf(gateway.pid)), atMs: performance.now() };
      const overNetwork = await pressing(network, sizes.presses, PRESSES_PER_SECOND);
      const after = { ...(await usageOf(gateway.pid)), atMs: performance.now() };
      const overSerial = await pressing([serial], sizes.serialPresses, SERIAL_PRESSES_PER_SECOND);
      const cpuPercent = ((after.cpuMs - before.cpuMs) / (after.atMs - before.atMs)) * 100;
      return figures(overNetwork, overSerial, { cpuPercent, rssMB: after.rssMB });
    } finally {
      await gateway.stop();
      await consumer.close();
      await Promise.all(buses.map(({ bus }) => bus.close()));
      await centre.stop();
    }
  });
}

function figures(
  network: readonly number[],
  serial: readonly number[],
  gateway: { cpuPercent: number; rssMB: number },
): Measurement[] {
  const note = `${network.length} presses at ${PRESSES_PER_SECOND} a second on ${EVALUATORS} evaluators behind ${TCP_BUSES} serial servers; slowest ${Math.max(...network).toFixed(1)} ms`;
  const serialNote = `${serial.length} presses at ${SERIAL_PRESSES_PER_SECOND} a second on a pseudo-terminal at 9600 baud`;
  return [
    {
      name: 'key press to centre, p50',
      value: percentile(network, 50),
      unit: 'ms',
      budget: { of: 'value', atMost: 10 },
      note,
    },
    {
      name: 'key press to centre, p99',
      value: percentile(network, 99),
      unit: 'ms',
      budget: { of: 'value', atMost: 50 },
      note,
    },
    {
      name: 'key press to centre over a serial port, p50',
      value: percentile(serial, 50),
      unit: 'ms',
      note: serialNote,
    },
    {
      name: 'key press to centre over a serial port, p99',
      value: percentile(serial, 99),
      unit: 'ms',
      note: serialNote,
    },
    {
      name: 'gateway at 50 key presses a second, memory',
      value: gateway.rssMB,
      unit: 'MB RSS',
      note: `${EVALUATORS + SERIAL_EVALUATORS} evaluators`,
    },
    { name: 'gateway at 50 key presses a second, processor', value: gateway.cpuPercent, unit: '% of a core' },
  ];
}

/** Knows which presses are under way, and how long those that have arrived took. */
interface PressWatch {
  onWire(device: string, key: number): void;
  /** @throws Error when that press was not the next of this device. */
  arrived(device: string, key: number, atMs: number): void;
  underWay(): number;
  /** The times since the last call, milliseconds. */
  take(): number[];
}

/** Presses of one device arrive in the order they were made, so the oldest under way is the one that arrives. */
function pressWatch(): PressWatch {
  const waiting = new Map<string, { key: number; atMs: number }[]>();
  const times: number[] = [];
  const queueOf = (device: string) => {
    const queue = waiting.get(device) ?? [];
    waiting.set(device, queue);
    return queue;
  };
  return {
    onWire(device, key) {
      const queue = queueOf(device);
      // A repetition of what is still under way: the clock runs from the first time.
      if (queue.at(-1)?.key !== key) queue.push({ key, atMs: performance.now() });
    },
    arrived(device, key, atMs) {
      const press = queueOf(device).shift();
      if (press?.key !== key)
        throw new Error(`${device}: key ${key} arrived, but key ${press?.key ?? 'none'} was next`);
      times.push(atMs - press.atMs);
    },
    underWay: () => [...waiting.values()].reduce((sum, queue) => sum + queue.length, 0),
    take: () => times.splice(0),
  };
}

async function startBus(
  name: string,
  count: number,
  port: EvaluatorBusOptions['port'],
  watch: PressWatch,
): Promise<BenchBus> {
  const addresses = Array.from({ length: count }, (_, index) => index + 1);
  const onSent = (bytes: Uint8Array) => {
    const [address, key] = [bytes[TELEGRAM.addressAt], bytes[TELEGRAM.keyAt]];
    if (address === undefined || key === undefined || bytes.length !== TELEGRAM.bytes)
      throw new Error('a telegram was spoilt: the presses are too dense');
    watch.onWire(evaluatorId(name, address), key);
  };
  return { name, addresses, bus: await startEvaluatorBus({ addresses, port, onSent }) };
}

/** Presses keys at an even rate with some jitter, and resolves with their times when all have arrived. */
type Pressing = (buses: readonly BenchBus[], presses: number, perSecond: number) => Promise<number[]>;

function presser(watch: PressWatch): Pressing {
  const random = seededRandom(1);
  let turn = 0;
  return async (buses, presses, perSecond) => {
    const startedMs = performance.now();
    for (let count = 0; count < presses; count += 1) {
      const dueMs = startedMs + ((count + random.next() / 2) * 1_000) / perSecond;
      await sleep(Math.max(0, dueMs - performance.now()));
      press(buses, turn);
      turn += 1;
    }
    const times: number[] = [];
    await until('every press is at the centre', () => times.push(...watch.take()) === presses, ARRIVE_MS);
    return times;
  };
}

/** Buses take turns, on each bus its addresses, at each address the keys, so that no telegram equals the one before it. */
function press(buses: readonly BenchBus[], turn: number): void {
  const place = buses[turn % buses.length];
  if (!place) throw new Error('no bus to press a key on');
  const round = Math.floor(turn / buses.length);
  const address = place.addresses[round % place.addresses.length] ?? 1;
  const key = (Math.floor(round / place.addresses.length) % KEYS) + 1;
  void place.bus.press(address, key);
}

const eventSchema = z.object({ source: z.string(), data: z.object({ level: z.number() }) });
const stateSchema = z.object({ presence: z.string() });

/** The consumer at the centre, an ordinary MQTT client at QoS 1. */
async function startConsumer(url: string, watch: PressWatch) {
  const client = await connectAsync(url);
  const ready = new Set<string>();
  client.on('message', (topic, payload) => {
    const atMs = performance.now();
    const [, , , , device = '', channel] = topic.split('/');
    const body: unknown = JSON.parse(payload.toString());
    if (channel === 'state' && stateSchema.parse(body).presence === 'silent') ready.add(device);
    if (channel === 'event') watch.arrived(device, eventSchema.parse(body).data.level, atMs);
  });
  const topics = [`hall/v1/${HALL}/evaluator/+/state`, `hall/v1/${HALL}/evaluator/+/event/+`];
  await client.subscribeAsync(topics, { qos: 1 });
  return { evaluatorsReady: () => ready.size, close: () => client.endAsync(true) };
}

/** `total` dealt out as evenly as it goes. */
function shares(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor((total + index) / parts));
}
