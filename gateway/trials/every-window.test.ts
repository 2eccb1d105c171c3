/**
 * The evaluators of the reference hall: 131 windows on five buses, of which one is dead.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { drivers } from '../../devices/index.ts';
import { startCentralBroker } from '../../simulators/central/central-broker.ts';
import { startConsumer } from '../../simulators/central/consumer.ts';
import type { ReceivedEvent } from '../../simulators/central/envelope-check.ts';
import { startEvaluatorBus } from '../../simulators/evaluator/rs485.ts';
import { until } from '../../simulators/kit/until.ts';
import { openGateway } from '../compose.ts';
import { systemClock } from '../kernel/clock.ts';
import { collectingLog } from '../kernel/log.ts';
import { parseSettings } from '../settings/read-settings.ts';

const WINDOWS = 131;
const WINDOWS_A_BUS = 30;
const DEAD_BUS = 4;

test('131 windows on five buses are each heard once, and a dead bus delays none of the others', async () => {
  const buses = await Promise.all(Array.from({ length: 5 }, (_, bus) => openBus(windowsOf(bus), bus)));
  const dead = buses[DEAD_BUS];
  await dead?.pullCable();
  const { received, verdict } = await openCentreAndGateway(buses);
  const alive = Array.from({ length: WINDOWS_A_BUS * DEAD_BUS }, (_, index) => index + 1);
  const outcomes = await Promise.all(alive.map(press));
  expect(new Set(outcomes)).toEqual(new Set(['acknowledged']));
  await until('every living window is with the centre', () => received.length === alive.length, 30_000);

  await dead?.plugIn();
  const late = windowsOf(DEAD_BUS).map(press);
  expect(new Set(await Promise.all(late))).toEqual(new Set(['acknowledged']));
  await until('all 131 are with the centre', () => received.length === WINDOWS, 30_000);
  const marks = received
    .map(({ data }) => [Number(data['window']), data['level']])
    .sort(([a], [b]) => Number(a) - Number(b));
  expect(marks).toEqual(Array.from({ length: WINDOWS }, (_, index) => [index + 1, levelOf(index + 1)]));
  expect(verdict()).toMatchObject({ ok: true, repeats: 0 });

  async function press(window: number) {
    const bus = buses[Math.floor((window - 1) / WINDOWS_A_BUS)];
    return bus?.press(addressOf(window), levelOf(window));
  }
}, 90_000);

function windowsOf(bus: number): number[] {
  const first = bus * WINDOWS_A_BUS + 1;
  return Array.from({ length: Math.min(WINDOWS_A_BUS, WINDOWS - first + 1) }, (_, index) => first + index);
}

function addressOf(window: number): number {
  return ((window - 1) % WINDOWS_A_BUS) + 1;
}

function levelOf(window: number): number {
  return (window % 5) + 1;
}

async function openBus(windows: readonly number[], seed: number) {
  const bus = await startEvaluatorBus({
    addresses: windows.map(addressOf),
    port: { type: 'tcp' },
    seed,
    sendsMax: 200,
  });
  onTestFinished(() => bus.close());
  return bus;
}

async function openCentreAndGateway(buses: readonly Awaited<ReturnType<typeof openBus>>[]) {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'windows-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
  const centre = await startCentralBroker();
  onTestFinished(() => centre.close());
  const received: ReceivedEvent[] = [];
  const onEvent = (event: ReceivedEvent) => {
    if (event.type === 'hall.evaluation.submitted.v1') received.push(event);
  };
  const consumer = await startConsumer({ url: centre.url, hall: 'north', onEvent });
  onTestFinished(() => consumer.close());
  const read = parseSettings(JSON.stringify(settingsOf(buses, dataDirectory, centre.url)), { drivers, env: {} });
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes, null, 2));
  // Port 0 is no port to write into hall.yaml, but a fine one to listen on in a test.
  const settings = { ...read.settings, broker: { ...read.settings.broker, listen: { host: '127.0.0.1', port: 0 } } };
  const gateway = await openGateway({ settings, version: 'test', clock: systemClock(), log: collectingLog(), env: {} });
  onTestFinished(() => gateway.close());
  return { received, verdict: () => consumer.verdict() };
}

function settingsOf(buses: readonly { line: object }[], dataDirectory: string, centreUrl: string) {
  return {
    hall: { id: 'north', name: '北区政务大厅' },
    gateway: { id: 'gw-1', dataDirectory },
    uplink: { url: centreUrl },
    lines: Object.fromEntries(buses.map(({ line }, bus) => [`bus-${bus}`, line])),
    devices: buses.flatMap((_, bus) =>
      windowsOf(bus).map((window) => ({
        id: `evaluator-${window}`,
        kind: 'evaluator',
        wire: 'rs485',
        window,
        line: `bus-${bus}`,
        address: addressOf(window),
        keys: 'five-key',
      })),
    ),
  };
}
