/**
 * A clock that is absent, busy, locked, wrong or silent is said to be so, with the reason; and its time is watched.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../gateway/kernel/clock.ts';
import { systemClock } from '../../gateway/kernel/clock.ts';
import { Secret } from '../../gateway/kernel/secret.ts';
import { startClock, type ClockOptions, type SimulatedClock } from '../../simulators/fingerprint-clock/clock.ts';
import { recordingHall, recordingStore, until, type RecordingStore } from '../recording-hall.ts';
import { fingerprintClock } from './kind.ts';
import { zk } from './zk.ts';

const clocks: SimulatedClock[] = [];
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  for (const clock of clocks.splice(0)) await clock.close();
});

async function newClock(options: ClockOptions = {}): Promise<SimulatedClock> {
  const clock = await startClock({ users: [{ uid: 1, userId: '1001' }], ...options });
  clocks.push(clock);
  return clock;
}

function gateway(clock: SimulatedClock, settings: object = {}, store: RecordingStore = recordingStore(), time?: Clock) {
  const seen = recordingHall(fingerprintClock, { store, ...(time && { clock: time }) });
  const { host, port } = clock;
  const fast = {
    heartbeatMs: 100,
    replyTimeoutMs: 300,
    pieceTimeoutMs: 400,
    resendMs: 60,
    retryMaxMs: 100,
    refusedRetryMs: 200,
  };
  const ended = zk.run(
    zk.config.parse({ host, port, transport: clock.udp ? 'udp' : 'tcp', ...fast, ...settings }),
    seen.hall,
  );
  const stop = async () => {
    seen.stop();
    await ended;
    expect(seen.lateCalls).toEqual([]);
  };
  stops.push(stop);
  return {
    seen,
    stop,
    online: () => seen.until('the clock is online', () => seen.presence.state === 'online'),
    reason: () => (seen.presence.state === 'offline' ? seen.presence.reason.code : undefined),
    events: (type: string) =>
      store.occurrences.filter((occurrence) => occurrence.type === type).map(({ data }) => data),
  };
}

describe.each(['tcp', 'udp'] as const)('a comm key over %s', (transport) => {
  test('opens the clock when it is right', async () => {
    const clock = await newClock({ transport, commKey: 123_456 });
    const gate = gateway(clock, { commKey: new Secret('123456') });
    await gate.online();
    expect(JSON.stringify([gate.seen.log, gate.seen.states])).not.toContain('123456');
  });

  test('that is wrong or missing is reported, and asked for again slowly', async () => {
    const clock = await newClock({ transport, commKey: 123_456 });
    for (const settings of [{ commKey: new Secret('654321') }, {}]) {
      const gate = gateway(clock, { ...settings, refusedRetryMs: 60_000 });
      await until('the key was refused', () => gate.reason() === 'clock.comm-key-refused');
      const greetings = () => clock.body.commands.filter((command) => command === 1000).length;
      const asked = greetings();
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(greetings()).toBe(asked);
      expect(clock.body.commands).not.toContain(1503);
      await gate.stop();
    }
  });
});

describe('a clock that cannot be used', () => {
  test('is busy while another programme is connected, and comes online when that one leaves', async () => {
    const clock = await newClock();
    const first = gateway(clock);
    await first.online();
    clock.body.quirks.refusesSecondClient = true;
    const second = gateway(clock);
    await until('it is busy', () => second.reason() === 'clock.busy');
    await first.stop();
    await second.online();
  });

  test('does not answer while an old session holds it, and comes online when that one is forgotten', async () => {
    const clock = await newClock();
    clock.body.quirks.sessionHeld = true;
    const gate = gateway(clock);
    await until('it does not answer', () => gate.reason() === 'clock.no-answer');
    clock.body.quirks.sessionHeld = false;
    await gate.online();
  });

  test.each(['tcp', 'udp'] as const)('is noticed when it hangs (%s)', async (transport) => {
    const clock = await newClock({ transport });
    const gate = gateway(clock);
    await gate.online();
    clock.hang();
    await until('it does not answer', () => gate.reason() === 'clock.no-answer');
    clock.wake();
    await gate.online();
  });

  test('is noticed when its answers belong to another session', async () => {
    const clock = await newClock();
    const gate = gateway(clock);
    await gate.online();
    clock.body.quirks.wrongSession = true;
    await until('it does not answer', () => gate.reason() === 'clock.no-answer');
    clock.body.quirks.wrongSession = false;
    await gate.online();
  });

  test('is connected afresh after an answer that never came, and after it restarted without a word', async () => {
    const clock = await newClock();
    const gate = gateway(clock);
    await gate.online();
    clock.body.quirks.answersToDrop = 1;
    await until('it does not answer', () => gate.reason() === 'clock.no-answer');
    await gate.online();
    clock.reboot();
    await until('the line is lost', () => gate.reason() === 'line.lost');
    await gate.online();
  });

  test('is refused when hall.yaml names another serial number', async () => {
    const clock = await newClock({ serial: 'AAAA1111' });
    const gate = gateway(clock, { serial: 'BBBB2222' });
    await until('it is another clock', () => gate.reason() === 'clock.other-device');
    expect(clock.body.commands).not.toContain(1503);
  });

  test('says so to a command', async () => {
    const clock = await newClock();
    await clock.pullCable();
    const gate = gateway(clock);
    await until('it cannot be reached', () => gate.reason() === 'line.unreachable');
    await expect(gate.seen.command('set-time', {})).rejects.toMatchObject({ code: 'clock.absent' });
  });

  test('goes on with live punches when its stored log cannot be understood', async () => {
    const clock = await newClock();
    clock.body.store({ userId: '', time: '2079-01-01T00:00:00', verify: 0, punch: 0 });
    const gate = gateway(clock, { pollMs: 1_000 });
    await until('it is reported', () => gate.seen.presence.state === 'silent');
    clock.punch('1001');
    await until('the punch arrived', () => gate.events('attendance.punched').length === 1);
    clock.clearLog();
    await gate.online();
  });
});

describe("the clock's time", () => {
  test('that drifted is reported once, also over a restart, and again after it was right in between', async () => {
    const clock = await newClock();
    clock.body.driftMs = 95_000;
    const store = recordingStore();
    const first = gateway(clock, {}, store);
    await until('the drift is reported', () => first.events('clock.drifted').length === 1);
    expect(first.events('clock.drifted')[0]).toMatchObject({ limitMs: 60_000 });
    expect(Math.abs(Number(first.events('clock.drifted')[0]?.['driftMs']) - 95_000)).toBeLessThanOrEqual(1_000);
    await first.stop();
    const second = gateway(clock, {}, store);
    await second.online();
    const drift = () =>
      (second.seen.states.at(-1) as { clockDriftMs?: number } | undefined)?.clockDriftMs ?? Number.NaN;
    await until('the drift was measured', () => drift() > 90_000);
    expect(second.events('clock.drifted')).toHaveLength(1);
    clock.body.driftMs = 0;
    await until('it is right', () => Math.abs(drift()) <= 1_000);
    clock.body.driftMs = -95_000;
    await until('it is reported again', () => second.events('clock.drifted').length === 2);
  });

  test('is set on command, read back and recorded', async () => {
    const clock = await newClock();
    clock.body.driftMs = -3_600_000;
    const gate = gateway(clock);
    await gate.online();
    expect(clock.body.commands).not.toContain(202);
    const answer = (await gate.seen.command('set-time', {})) as { driftBeforeMs: number; driftAfterMs: number };
    expect(Math.abs(clock.body.driftMs)).toBeLessThan(1_500);
    expect(Math.abs(answer.driftBeforeMs + 3_600_000)).toBeLessThanOrEqual(1_000);
    const { driftBeforeMs, driftAfterMs } = answer;
    expect(gate.events('clock.time-set')).toEqual([
      expect.objectContaining({ driftBeforeMs, driftAfterMs, reason: 'command' }),
    ]);
  });

  test('that the clock does not take is an error, not a success', async () => {
    const clock = await newClock();
    clock.body.driftMs = 600_000;
    clock.body.quirks.ignoresSetTime = true;
    const gate = gateway(clock);
    await gate.online();
    await expect(gate.seen.command('set-time', {})).rejects.toMatchObject({ code: 'clock.time-not-set' });
    expect(gate.events('clock.time-set')).toEqual([]);
  });

  test('is set by itself only where hall.yaml says so', async () => {
    const clock = await newClock();
    clock.body.driftMs = 600_000;
    const gate = gateway(clock, { autoSetTime: true });
    await until('it was set', () => gate.events('clock.time-set').length === 1);
    expect(gate.events('clock.time-set')[0]).toMatchObject({ reason: 'automatic' });
  });

  test('is neither judged nor set by a gateway that does not know the time itself', async () => {
    const clock = await newClock();
    clock.body.driftMs = 600_000;
    const gate = gateway(clock, {}, recordingStore(), { ...systemClock(), synced: () => false });
    await gate.online();
    await until('the clock was asked twice', () => clock.body.commands.filter((code) => code === 201).length > 2);
    expect(gate.events('clock.drifted')).toEqual([]);
    await expect(gate.seen.command('set-time', {})).rejects.toMatchObject({ code: 'clock.hall-time-unknown' });
    expect(clock.body.commands).not.toContain(202);
  });
});

describe('alarms', () => {
  test('an opened housing and a duress finger are recorded and acknowledged; one sent again is the same alarm', async () => {
    const clock = await newClock();
    const gate = gateway(clock);
    await gate.online();
    clock.alarm(Buffer.from('37000000', 'hex'));
    clock.alarm(Buffer.from('37000000', 'hex'));
    clock.alarm(Buffer.from('ffffffff2000070001000000', 'hex'));
    await until('all are acknowledged', () => clock.acknowledged() === 3);
    expect(gate.events('clock.alarm')).toEqual([
      { alarm: 'tamper', code: 0x37 },
      { alarm: 'duress', code: 0x20, uid: 7 },
    ]);
  });

  test('a log that is nearly full is reported once', async () => {
    const time = (index: number) => new Date(Date.UTC(2026, 3, 1) + index * 60_000).toISOString().slice(0, 19);
    const log = Array.from({ length: 91 }, (_, index) => ({ userId: '1001', time: time(index), verify: 1, punch: 0 }));
    const clock = await newClock({ log, recordCapacity: 100 });
    const gate = gateway(clock, { pollMs: 1_000 });
    await until('it is reported', () => gate.events('log.nearly-full').length === 1);
    expect(gate.events('log.nearly-full')).toEqual([{ records: 91, capacity: 100 }]);
    expect(gate.seen.states.at(-1)).toMatchObject({ nearlyFull: true, records: 91, recordCapacity: 100 });
  });
});

test('a fingerprint that a clock sends unasked is dropped unread, acknowledged and counted', async () => {
  const clock = await newClock();
  const store = recordingStore();
  const gate = gateway(clock, {}, store);
  await gate.online();
  const features = Buffer.from('features of a finger '.repeat(30));
  clock.pushTemplate(features);
  clock.pushTemplate(features);
  await until('both are acknowledged', () => clock.acknowledged() === 2);
  await until('both are counted', () => JSON.stringify(gate.seen.states.at(-1)).includes('"dropped":2'));
  expect(gate.seen.log.filter(({ event }) => event === 'clock.live-dropped')).toHaveLength(1);
  clock.punch('1001');
  await until('the punch is recorded', () => gate.events('attendance.punched').length === 1);
  const everything = JSON.stringify([gate.seen.log, gate.seen.states, store.occurrences, [...store.cursors]]);
  expect(everything).not.toMatch(/features|666561747572/);
});
