/**
 * How long a box is blind: from the start of the gateway's process until the first device's retained state says `online`
 * to a subscriber of the local broker. The device is a fingerprint clock, which comes online by itself.
 */
import { connectAsync } from 'mqtt';
import { z } from 'zod';
import { startClock } from '../simulators/fingerprint-clock/clock.ts';
import { startEvaluatorBus } from '../simulators/evaluator/rs485.ts';
import { until } from '../simulators/kit/until.ts';
import { bundledGateway, HALL, startGateway, writeSettings, type BenchBus } from './bundled-gateway.ts';

import type { Measurement, Size } from './figure.ts';
import { freePort, listens } from './mosquitto.ts';
import { usageOf } from './process-usage.ts';
import { median } from './statistics.ts';
import { withWorkFolder } from './work-folder.ts';

const STARTS = { full: 9, quick: 1 };
const BUDGET_MS = 1_500;
const ONLINE_MS = 30_000;
/** The devices of the reference hall that this gateway has drivers for. */
const REFERENCE = { clocks: 8, evaluators: 131 };

export async function benchStart(size: Size): Promise<Measurement[]> {
  const starts = STARTS[size];
  const program = await bundledGateway();
  const small = await measured(program, starts, { clocks: 1, evaluators: 0 });
  const reference = await measured(program, starts, REFERENCE);
  const budget = { of: 'value', atMost: BUDGET_MS } as const;
  const note = `median of ${starts} starts on the data of the one before`;
  return [
    { name: 'start to first device online', value: small.onlineMs, unit: 'ms', budget, note: `one clock; ${note}` },
    {
      name: 'start to first device online, reference hall',
      value: reference.onlineMs,
      unit: 'ms',
      budget,
      note: `8 clocks and 131 evaluators; ${note}`,
    },
    { name: 'gateway after the start, memory', value: small.rssMB, unit: 'MB RSS' },
    { name: 'gateway after the start, reference hall, memory', value: reference.rssMB, unit: 'MB RSS' },
  ];
}

interface StartTimes {
  onlineMs: number;
  rssMB: number;
}

/** Medians of the starts; the first one, which makes the spool, does not count. */
async function measured(
  program: string,
  starts: number,
  devices: { clocks: number; evaluators: number },
): Promise<StartTimes> {
  return withWorkFolder(async (folder) => {
    const clocks = await Promise.all(
      Array.from({ length: devices.clocks }, (_, index) => startClock({ seed: index + 1 })),
    );
    const buses = devices.evaluators > 0 ? [await startBus(devices.evaluators)] : [];
    const brokerPort = await freePort();
    const settings = await writeSettings({ folder, brokerPort, buses, clocks });
    const found: StartTimes[] = [];
    for (let count = 0; count <= starts; count += 1) found.push(await startOnce(program, settings, folder, brokerPort));
    await Promise.all([...clocks, ...buses.map(({ bus }) => bus)].map((device) => device.close()));
    const counted = found.slice(1);
    return {
      onlineMs: median(counted.map(({ onlineMs }) => onlineMs)),
      rssMB: median(counted.map(({ rssMB }) => rssMB)),
    };
  });
}

async function startBus(evaluators: number): Promise<BenchBus> {
  const addresses = Array.from({ length: evaluators }, (_, index) => index + 1);
  return { name: 'bus', addresses, bus: await startEvaluatorBus({ addresses, port: { type: 'tcp' } }) };
}

async function startOnce(program: string, settings: string, folder: string, brokerPort: number): Promise<StartTimes> {
  const startedMs = performance.now();
  const gateway = startGateway(program, settings, folder);
  try {
    await until('the local broker listens', () => listens(brokerPort), ONLINE_MS);
    const onlineMs = (await firstOnline(brokerPort)) - startedMs;
    return { onlineMs, rssMB: (await usageOf(gateway.pid)).rssMB };
  } finally {
    await gateway.stop();
  }
}

const stateSchema = z.object({ presence: z.string() });

/** When the first clock was seen online. */
async function firstOnline(brokerPort: number): Promise<number> {
  const client = await connectAsync(`mqtt://127.0.0.1:${brokerPort}`);
  const online = new Promise<number>((resolve) => {
    client.on('message', (_topic, payload) => {
      const state = stateSchema.parse(JSON.parse(payload.toString()));
      if (state.presence === 'online') resolve(performance.now());
    });
  });
  await client.subscribeAsync(`hall/v1/${HALL}/fingerprint-clock/+/state`);
  const atMs = await online;
  await client.endAsync(true);
  return atMs;
}
