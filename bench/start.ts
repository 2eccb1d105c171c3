/**
 * How long a box is blind: from the start of the gateway's process until the first device's retained state says `online`
 * to a subscriber of the local broker. In the small hall that is a fingerprint clock; in the reference hall any of its devices.
 */
import { connectAsync } from 'mqtt';
import { z } from 'zod';
import { startClock } from '../simulators/fingerprint-clock/clock.ts';
import { writeReferenceHall } from '../simulators/hall/reference-hall.ts';
import { until } from '../simulators/kit/until.ts';
import { bundledGateway, HALL, startGateway, writeSettings } from './bundled-gateway.ts';
import type { Measurement, Size } from './figure.ts';
import { freePort, listens } from './mosquitto.ts';
import { usageOf } from './process-usage.ts';
import { median } from './statistics.ts';
import { standWholeHall } from './whole-hall.ts';
import { withWorkFolder } from './work-folder.ts';

const STARTS = { full: 9, quick: 1 };
const BUDGET_MS = 1_500;
const ONLINE_MS = 30_000;

export async function benchStart(size: Size): Promise<Measurement[]> {
  const starts = STARTS[size];
  const command = await bundledGateway();
  const small = await smallHall(command, starts);
  const reference = await referenceHall(command, starts);
  const budget = { of: 'value', atMost: BUDGET_MS } as const;
  const note = `median of ${starts} starts on the data of the one before`;
  return [
    { name: 'start to first device online', value: small.onlineMs, unit: 'ms', budget, note: `one clock; ${note}` },
    {
      name: 'start to first device online, reference hall',
      value: reference.onlineMs,
      unit: 'ms',
      budget,
      note: `375 devices of every kind and wire; ${note}`,
    },
    { name: 'gateway after the start, memory', value: small.rssMB, unit: 'MB RSS' },
    { name: 'gateway after the start, reference hall, memory', value: reference.rssMB, unit: 'MB RSS' },
  ];
}

interface StartTimes {
  onlineMs: number;
  rssMB: number;
}

/** A hall with one clock, and no centre. */
function smallHall(command: readonly string[], starts: number): Promise<StartTimes> {
  return withWorkFolder(async (folder) => {
    const clock = await startClock({ seed: 1 });
    const brokerPort = await freePort();
    const settings = await writeSettings({ folder, brokerPort, buses: [], clocks: [clock] });
    const found = await measured({ command, settings, folder, brokerUrl: urlOf(brokerPort), hall: HALL }, starts);
    await clock.close();
    return found;
  });
}

/** Its centre is there, and so is every device. */
function referenceHall(command: readonly string[], starts: number): Promise<StartTimes> {
  return withWorkFolder(async (folder) => {
    const hall = await standWholeHall({ write: writeReferenceHall, folder, command, seed: 1 });
    const { file, hallId } = hall.written;
    const found = await measured({ command, settings: file, folder, brokerUrl: hall.brokerUrl, hall: hallId }, starts);
    await hall.end();
    return found;
  });
}

interface Starting {
  command: readonly string[];
  settings: string;
  folder: string;
  brokerUrl: string;
  hall: string;
}

/** Medians of the starts; the first one, which makes the spool, does not count. */
async function measured(starting: Starting, starts: number): Promise<StartTimes> {
  const found: StartTimes[] = [];
  for (let count = 0; count <= starts; count += 1) found.push(await startOnce(starting));
  const counted = found.slice(1);
  return {
    onlineMs: median(counted.map(({ onlineMs }) => onlineMs)),
    rssMB: median(counted.map(({ rssMB }) => rssMB)),
  };
}

async function startOnce({ command, settings, folder, brokerUrl, hall }: Starting): Promise<StartTimes> {
  const startedMs = performance.now();
  const gateway = startGateway(command, settings, folder);
  try {
    await until('the local broker listens', () => listens(Number(new URL(brokerUrl).port)), ONLINE_MS);
    const onlineMs = (await firstOnline(brokerUrl, hall)) - startedMs;
    return { onlineMs, rssMB: (await usageOf(gateway.pid)).rssMB };
  } finally {
    await gateway.stop();
  }
}

function urlOf(port: number): string {
  return `mqtt://127.0.0.1:${port}`;
}

const stateSchema = z.object({ presence: z.string() });

/** When the first device was seen online. */
async function firstOnline(brokerUrl: string, hall: string): Promise<number> {
  const client = await connectAsync(brokerUrl);
  const online = new Promise<number>((resolve) => {
    client.on('message', (_topic, payload) => {
      const state = stateSchema.parse(JSON.parse(payload.toString()));
      if (state.presence === 'online') resolve(performance.now());
    });
  });
  await client.subscribeAsync(`hall/v1/${hall}/+/+/state`);
  const atMs = await online;
  await client.endAsync(true);
  return atMs;
}
