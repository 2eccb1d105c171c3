// The halls that the simulator writes: correct for the gateway, and able to stand in one process.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { drivers } from '../../devices/index.ts';
import { parseSettings } from '../../gateway/settings/read-settings.ts';
import { readHallFile } from './hall-file.ts';
import { SERVICE_PORTS, type HallPlaces } from './hall-writer.ts';
import { writeReferenceHall } from './reference-hall.ts';
import { writeSmallHall } from './small-hall.ts';
import { standUpHall } from './standing.ts';

/** Below the ports that systems give out by themselves, and not where another test run is. */
function anyPortBase(): number {
  return 20_000 + (process.pid % 500) * SERVICE_PORTS;
}

async function freshPlaces(): Promise<HallPlaces> {
  const folder = await mkdtemp(join(tmpdir(), 'written-hall-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const ports = { portBase: anyPortBase(), brokerPort: 21_883, websocketPort: 29_001 };
  return { folder, ...ports, centreUrl: 'mqtt://127.0.0.1:31883' };
}

async function settingsOf(file: string) {
  const read = parseSettings(await readFile(file, 'utf8'), { drivers, env: {} });
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes, null, 2));
  return read.settings;
}

test('the small hall is correct for the gateway and has every wire', async () => {
  const { file } = await writeSmallHall(await freshPlaces());
  const settings = await settingsOf(file);
  const wires = new Set(settings.devices.map(({ kind, wire }) => `${kind}/${wire}`));
  expect([...wires].sort()).toEqual(drivers.map(({ kind, wire }) => `${kind.name}/${wire}`).sort());
  expect(settings.devices).toHaveLength(20);
});

test('the reference hall is correct for the gateway and has its 375 devices', async () => {
  const { file } = await writeReferenceHall(await freshPlaces());
  const { devices } = await settingsOf(file);
  const counts = Object.fromEntries(
    [...new Set(devices.map(({ kind }) => kind))].map((kind) => [
      kind,
      devices.filter((each) => each.kind === kind).length,
    ]),
  );
  expect(counts).toEqual({
    evaluator: 131,
    'led-board': 133,
    'ticket-dispenser': 6,
    camera: 97,
    'fingerprint-clock': 8,
  });
});

test('the reference hall stands up and goes away in one process', async () => {
  const { file } = await writeReferenceHall(await freshPlaces());
  const hall = await standUpHall({ file: await readHallFile(file), seed: 1, onHappening: () => undefined });
  expect(hall.devices).toHaveLength(375);
  await hall.close();
});
