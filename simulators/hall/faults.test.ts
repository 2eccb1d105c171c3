/** Faults carried out: over real devices, with hooks for what only the caller can break, and every one put right again. */
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../gateway/testing-gateway.ts';
import { until } from '../kit/until.ts';
import type { PlannedFault } from './fault-schedule.ts';
import { startFaults, type FaultEntry } from './faults.ts';
import { parseHallFile } from './hall-file.ts';
import { standUpHall, type SimulatedHall } from './standing.ts';

const halls: SimulatedHall[] = [];
afterEach(async () => {
  await Promise.all(halls.splice(0).map((hall) => hall.close()));
});

/** A clock and a window on free ports. */
async function smallHall() {
  const [clock, bus] = [await freePort(), await freePort()];
  const text = `
hall: { id: h }
gateway: { id: g }
lines: { bus: { type: tcp, host: 127.0.0.1, port: ${bus} } }
devices:
  - { id: clock, kind: fingerprint-clock, wire: zk, host: 127.0.0.1, port: ${clock} }
  - { id: window-5, kind: evaluator, wire: rs485, line: bus, address: 5, keys: five-key }
`;
  const hall = await standUpHall({ file: parseHallFile(text, 'test'), seed: 1, onHappening: () => undefined });
  halls.push(hall);
  return { hall, ports: { clock, bus } };
}

function planned(fault: PlannedFault['fault'], more: Partial<PlannedFault> = {}): PlannedFault {
  const place = more.device ?? fault;
  return { fault, place, atMs: 0, lastsMs: 60_000, begin: {}, end: {}, ...more };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.on('connect', () => answer(true));
    socket.on('error', () => answer(false));
  });
}
const phases = (log: readonly FaultEntry[]) => log.map(({ fault, where, phase }) => `${where} ${fault} ${phase}`);

describe('a fault of a device', () => {
  test('begins at its time, ends after its simulated time, and the log says so', async () => {
    const { hall, ports } = await smallHall();
    const plan = [planned('cable', { device: 'clock' })];
    const faults = startFaults({ plan, devices: hall.devices, speed: 100, signal: new AbortController().signal });
    await until('the cable is out', async () => !(await accepts(ports.clock)));
    const [begun, ended] = await faults.over;
    expect(phases(faults.log)).toEqual(['clock cable begins', 'clock cable ends']);
    const tookMs = (ended?.atMs ?? 0) - (begun?.atMs ?? 0);
    expect(tookMs).toBeGreaterThanOrEqual(550);
    expect(tookMs).toBeLessThan(10_000);
    expect(await accepts(ports.clock)).toBe(true);
  });

  test('ends at once when the day ends', async () => {
    const { hall, ports } = await smallHall();
    const stop = new AbortController();
    const plan = [planned('cable', { device: 'window-5' }), planned('drift', { device: 'clock', atMs: 1e9 })];
    const faults = startFaults({ plan, devices: hall.devices, speed: 1, signal: stop.signal });
    await until('the cable is out', () => faults.log.length === 1);
    stop.abort();
    await faults.over;
    expect(phases(faults.log)).toEqual(['window-5 cable begins', 'window-5 cable ends']);
    expect(await accepts(ports.bus)).toBe(true);
  });

  test('reaches the device with its input: a clock goes wrong by so many seconds', async () => {
    const { hall } = await smallHall();
    const clock = hall.device('clock');
    const timeOf = async () => {
      const punched: unknown = await clock.hands['punch']?.act({ userId: '1001' });
      return Date.parse((punched as { time: string }).time);
    };
    const before = await timeOf();
    const plan = [planned('drift', { device: 'clock', begin: { seconds: 3_600 } })];
    await startFaults({ plan, devices: hall.devices, speed: 1, signal: new AbortController().signal }).over;
    expect((await timeOf()) - before).toBeGreaterThanOrEqual(3_600_000);
  });

  test('that a device refuses has not begun', async () => {
    const { hall } = await smallHall();
    const plan = [planned('jam', { device: 'clock' }), planned('cable', { device: 'nowhere' })];
    const { over } = startFaults({ plan, devices: hall.devices, speed: 1, signal: new AbortController().signal });
    expect(phases(await over)).toEqual(['clock jam refused', 'nowhere cable refused']);
  });
});

describe('what only the caller can break', () => {
  const hooksOf = (said: string[]) => ({
    uplink: { pull: () => said.push('pull'), plug: () => said.push('plug') },
    killGateway: () => said.push('kill'),
  });

  test('is broken and put right through hooks', async () => {
    const said: string[] = [];
    const plan = [planned('uplink', { lastsMs: 50 }), planned('gateway', { lastsMs: 0 })];
    const signal = new AbortController().signal;
    await startFaults({ plan, devices: [], hooks: hooksOf(said), speed: 1, signal }).over;
    expect(said.sort()).toEqual(['kill', 'plug', 'pull']);
  });

  test('is tried again when putting it right fails at first', async () => {
    let tries = 0;
    const plug = () => {
      tries += 1;
      if (tries === 1) throw new Error('port still busy');
    };
    const hooks = { uplink: { pull: () => undefined, plug } };
    const plan = [planned('uplink', { lastsMs: 1 })];
    const { over } = startFaults({ plan, devices: [], hooks, speed: 1, signal: new AbortController().signal });
    expect(phases(await over)).toEqual(['uplink uplink begins', 'uplink uplink ends']);
    expect(tries).toBe(2);
  });

  test('is said to be stuck when it cannot be put right', async () => {
    const plug = () => {
      throw new Error('port taken');
    };
    const hooks = { uplink: { pull: () => undefined, plug } };
    const plan = [planned('uplink', { lastsMs: 1 })];
    const { over } = startFaults({ plan, devices: [], hooks, speed: 1, signal: new AbortController().signal });
    expect((await over).at(-1)).toMatchObject({ phase: 'stuck', reason: 'port taken' });
  });
});
