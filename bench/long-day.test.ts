// A morning of the small hall at speed: cables pulled, paper out, the centre gone, the gateway killed, and all that happened at
// the devices is at the centre, once and in order.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compareText } from '../simulators/hall/compare-text.ts';
import { writeSmallHall } from '../simulators/hall/small-hall.ts';
import { bundledGateway } from './bundled-gateway.ts';
import { whenOnline } from './online-devices.ts';
import { standWholeHall } from './whole-hall.ts';

/** An hour in fifteen seconds. */
const MORNING = { fromHour: 9, throughHour: 10, speed: 240 };
const KILL_AFTER_MS = 7_000;
const DOWN_MS = 1_500;

test('a morning with faults and a killed gateway loses nothing, invents nothing and changes no order', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'long-day-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const hall = await standWholeHall({ write: writeSmallHall, folder, command: await bundledGateway(), seed: 7 });
  const gateway = hall.startGateway();
  await whenOnline(hall);
  const kill = setTimeout(() => gateway.kill(DOWN_MS), KILL_AFTER_MS);
  const life = await hall.devices.live({
    ...MORNING,
    seed: 7,
    visits: 80,
    staff: 30,
    faultsPerHour: 10,
    hooks: ['uplink'],
  });
  clearTimeout(kill);
  const { truth, verdict } = await hall.end();
  expect(gateway.starts).toBe(2);
  expect(life.faults['begins']).toBeGreaterThan(5);
  expect(truth.happened).toBeGreaterThan(30);
  expect(truth, compareText(truth)).toMatchObject({ ok: true });
  expect(verdict, JSON.stringify(verdict)).toMatchObject({ ok: true });
}, 120_000);
