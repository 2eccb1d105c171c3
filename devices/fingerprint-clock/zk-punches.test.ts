/**
 * No punch is lost and none is doubled, whatever happens between the clock and the gateway.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { startClock, type ClockOptions, type SimulatedClock } from '../../simulators/fingerprint-clock/clock.ts';
import { EVENT_LENGTHS, type LoggedPunch } from '../../simulators/fingerprint-clock/clock-tables.ts';
import { recordingHall, recordingStore, until, type RecordingStore } from '../recording-hall.ts';
import { fingerprintClock } from './kind.ts';
import { zk } from './zk.ts';

const STAFF = [
  { uid: 1, userId: '1001', name: '张三', password: '71717171' },
  { uid: 2, userId: '00042', name: 'A阿卜杜热西提·买买提明江', password: '82828282' },
  { uid: 3, userId: '1003', name: 'Li Lei' },
];
/** What a gateway may ever say to a clock: questions, a session, live events, the time, a voice, a restart. */
const HARMLESS = [11, 50, 201, 202, 500, 1000, 1001, 1002, 1004, 1013, 1017, 1100, 1102, 1502, 1503, 1504];

const clocks: SimulatedClock[] = [];
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  for (const clock of clocks.splice(0)) {
    await clock.close();
    expect(clock.body.commands.filter((command) => !HARMLESS.includes(command))).toEqual([]);
    expect(clock.body.refused).toEqual([]);
  }
});

async function newClock(options: ClockOptions = {}): Promise<SimulatedClock> {
  const clock = await startClock({ users: [...STAFF], ...options });
  clocks.push(clock);
  return clock;
}

const FAST = { heartbeatMs: 500, replyTimeoutMs: 1_000, pieceTimeoutMs: 2_000, retryMaxMs: 200, pollMs: 3_600_000 };

/** Runs the driver against the clock over what earlier runs recorded. */
function gateway(clock: SimulatedClock, store: RecordingStore = recordingStore(), settings: object = {}) {
  const seen = recordingHall(fingerprintClock, { store });
  const config = zk.config.parse({
    host: clock.host,
    port: clock.port,
    transport: clock.udp ? 'udp' : 'tcp',
    ...FAST,
    ...settings,
  });
  const ended = zk.run(config, seen.hall);
  const stop = async () => {
    seen.stop();
    await ended;
    expect(seen.lateCalls).toEqual([]);
  };
  stops.push(stop);
  const punched = () => store.occurrences.filter(({ type }) => type === 'attendance.punched');
  return {
    seen,
    store,
    stop,
    punched,
    live: () => seen.until('live punches are pushed', () => seen.presence.state === 'online'),
    /** Waits for the log to be read, and compares what arrived with what truly happened. */
    async hasAll(): Promise<void> {
      const all = () => punched().length >= clock.body.truth.length;
      await until('every punch arrived', all, 15_000).catch(() => undefined);
      expect(told(punched().map(({ data }) => data))).toEqual(told(clock.body.truth.map(asEvent)));
    },
    logRead: () => seen.until('the log was read', () => seen.log.some(({ event }) => event === 'clock.log-read')),
  };
}

function asEvent({ userId, time, verify, punch }: LoggedPunch) {
  return { userId, deviceTime: time, verifyCode: verify, punchCode: punch };
}

/** Punches as sorted lines: who, when, how. */
function told(punches: readonly Record<string, unknown>[]): string[] {
  return punches
    .map(({ userId, deviceTime, verifyCode, punchCode }) => [userId, deviceTime, verifyCode, punchCode].join(' '))
    .sort();
}

function history(count: number, from = Date.UTC(2026, 2, 1)): LoggedPunch[] {
  return Array.from({ length: count }, (_, index) => ({
    userId: STAFF[index % STAFF.length]!.userId,
    time: new Date(from + index * 60_000).toISOString().slice(0, 19),
    verify: index % 2,
    punch: index % 6,
  }));
}

const pieces = (clock: SimulatedClock) => clock.body.commands.filter((command) => command === 1504).length;

describe('a clock with punches from before', () => {
  test.each([0, 1, 5, 17, 499, 500, 501, 1_700])('%i of them arrive once each', async (count) => {
    const clock = await newClock({ log: history(count) });
    const gate = gateway(clock);
    clock.punchSilently('1003');
    await gate.hasAll();
  });

  test('30,000 of them arrive once each, with local time as an instant', async () => {
    const clock = await newClock({ log: history(30_000) });
    const gate = gateway(clock);
    await gate.hasAll();
    expect(gate.punched()[0]?.deviceTimeMs).toBe(Date.UTC(2026, 1, 28, 16));
  });

  test('people have their names in Chinese, cut where the clock cut them, and no password anywhere', async () => {
    const clock = await newClock({ log: history(3) });
    const gate = gateway(clock);
    await gate.hasAll();
    expect(gate.punched().map(({ data }) => data['name'])).toEqual(['张三', 'A阿卜杜热西提·买买提明', 'Li Lei']);
    const everything = JSON.stringify([
      gate.store.occurrences,
      [...gate.store.cursors],
      gate.seen.log,
      gate.seen.states,
    ]);
    expect(everything).not.toMatch(/71717171|82828282/);
  });

  test.each([8, 16, 40] as const)(
    'records of %i bytes are read, and are the same punches as their live events',
    async (size) => {
      for (const eventLength of EVENT_LENGTHS) {
        const clock = await newClock({
          users: STAFF.map((user) => ({ ...user, userId: String(Number(user.userId)) })),
          recordSize: size,
          userSize: size === 40 ? 72 : 28,
          eventLength,
          log: history(4).map((punch) => ({ ...punch, userId: String(Number(punch.userId)) })),
        });
        const gate = gateway(clock, recordingStore());
        await gate.logRead();
        clock.punch('42', { verify: 15, punch: 1 });
        await gate.hasAll();
        await gate.seen.command('read-log', {});
        await gate.hasAll();
        await gate.stop();
      }
    },
  );
});

describe('live punches', () => {
  test('one is acknowledged only after it is on disk', async () => {
    const clock = await newClock();
    const gate = gateway(clock);
    await gate.live();
    gate.seen.holdCommits();
    clock.punch('1001');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(clock.acknowledged()).toBe(0);
    gate.seen.releaseCommits();
    await until('it is acknowledged', () => clock.acknowledged() === 1);
    await gate.hasAll();
  });

  test('one that was sent again makes no second event', async () => {
    const clock = await newClock();
    clock.body.quirks.duplicateEvents = true;
    clock.body.quirks.resendEventsMs = 20;
    const gate = gateway(clock);
    await gate.live();
    clock.tellAgain(clock.punch('1001'));
    clock.punch('00042');
    await until('all are acknowledged', () => clock.acknowledged() >= 6);
    await gate.hasAll();
  });

  test('one in the middle of a long read arrives, and the read goes on', async () => {
    const clock = await newClock({ log: history(6_000) });
    clock.body.quirks.frameGapMs = 15;
    const gate = gateway(clock);
    await until('the read has begun', () => pieces(clock) > 1);
    clock.punch('1001', { punch: 3 });
    await gate.hasAll();
    expect(gate.punched().filter(({ data }) => data['origin'] === 'live')).toHaveLength(1);
  });

  test('two in one segment are two punches, and 00042 live is 42 stored, shown as enrolled', async () => {
    const clock = await newClock({ recordSize: 16, userSize: 72, eventLength: 32 });
    const gate = gateway(clock);
    await gate.live();
    clock.tcp!.faults.glueMs = 30;
    clock.punch('1001');
    clock.punch('00042');
    await gate.hasAll();
    expect(await gate.seen.command('read-log', {})).toEqual({ read: 2, fresh: 0 });
  });

  test('one whose codes are read in the wrong order is still the same punch as its stored record', async () => {
    const clock = await newClock();
    const gate = gateway(clock, recordingStore(), { liveOrder: 'punch-verify' });
    await gate.live();
    clock.punch('1001', { verify: 15, punch: 1 });
    await until('it arrived', () => gate.punched().length === 1);
    expect(await gate.seen.command('read-log', {})).toEqual({ read: 1, fresh: 0 });
  });

  test('a clock that pushes nothing is read at every poll', async () => {
    const clock = await newClock();
    clock.body.quirks.refusesEvents = true;
    const gate = gateway(clock, recordingStore(), { pollMs: 1_000 });
    await gate.live();
    clock.punch('1001');
    await gate.hasAll();
    expect(gate.seen.states.at(-1)).toMatchObject({ realTime: false });
  });
});

describe('after an interruption', () => {
  test('a gateway that was restarted reads only what is new', async () => {
    const clock = await newClock({ log: history(4_000) });
    const first = gateway(clock);
    await first.hasAll();
    await first.stop();
    for (const userId of ['1001', '00042', '1003']) clock.punchSilently(userId);
    const before = clock.tcp!.sent.entries.length;
    const second = gateway(clock, first.store);
    await second.hasAll();
    const bytes = clock.tcp!.sent.entries.slice(before).reduce((sum, piece) => sum + piece.length, 0);
    expect(bytes).toBeLessThan(4_000);
  });

  test('a read that was cut in the middle is finished over the next connection', async () => {
    const clock = await newClock({ log: history(5_000) });
    clock.body.quirks.diesAfterPieces = 2;
    const gate = gateway(clock);
    await gate.seen.until('the connection died', () => gate.seen.presence.state === 'offline');
    expect(gate.punched()).toEqual([]);
    clock.body.quirks.diesAfterPieces = undefined;
    await gate.hasAll();
  });

  test('punches while the cable was pulled are there afterwards', async () => {
    const clock = await newClock({ log: history(20) });
    const gate = gateway(clock);
    await gate.logRead();
    await clock.pullCable();
    clock.punch('1001');
    clock.punch('00042');
    await clock.plugIn();
    await gate.hasAll();
  });

  test('a log that was emptied at the clock is begun again, even when it has grown beyond the old length', async () => {
    const clock = await newClock({ log: history(30) });
    const gate = gateway(clock);
    await gate.hasAll();
    await clock.pullCable();
    clock.clearLog();
    for (const punch of history(45, Date.UTC(2026, 4, 1))) clock.punchSilently(punch.userId, punch);
    await clock.plugIn();
    await gate.hasAll();
    expect(gate.seen.log.some(({ event }) => event === 'clock.log-reread')).toBe(true);
  });

  test('a full log that rolls over loses nothing that was there to be read', async () => {
    const clock = await newClock({ log: history(60), recordCapacity: 60 });
    const gate = gateway(clock, recordingStore(), { pollMs: 1_000 });
    await gate.hasAll();
    for (const userId of ['1001', '00042', '1003']) clock.punchSilently(userId);
    await gate.hasAll();
    expect(gate.store.occurrences.filter(({ type }) => type === 'log.nearly-full')).toHaveLength(1);
  });

  test('a clock whose counters lag behind its log is read to the end in the next poll', async () => {
    const clock = await newClock({ log: history(50) });
    clock.body.quirks.countsLag = 3;
    clock.body.quirks.promiseLagBytes = 3 * 40 - 12;
    const gate = gateway(clock, recordingStore(), { pollMs: 1_000 });
    await until('what was promised arrived', () => gate.punched().length === 47);
    expect(gate.store.cursors.get('log')).toMatchObject({ recordsSeen: 47 });
    Object.assign(clock.body.quirks, { countsLag: 0, promiseLagBytes: 0 });
    await gate.hasAll();
  });

  test('another clock at the same address is read from its beginning', async () => {
    const clock = await newClock({ log: history(10) });
    const first = gateway(clock);
    await first.hasAll();
    await first.stop();
    const other = await newClock({ log: history(10), serial: 'OTHER0001' });
    const second = gateway(other, first.store);
    await until('the punches of both are there', () => second.punched().length === 20);
    expect(second.seen.identity.serial).toBe('OTHER0001');
  });
});

describe('over UDP', () => {
  test('datagrams are lost, doubled and overtaken, and the log is whole', async () => {
    const clock = await newClock({ transport: 'udp', log: history(1_500), seed: 7 });
    Object.assign(clock.udp!.faults, { drop: 0.1, duplicate: 0.1, reorder: 0.1 });
    const gate = gateway(clock, recordingStore(), { resendMs: 50, pieceTimeoutMs: 20_000, replyTimeoutMs: 10_000 });
    await gate.hasAll();
  });
});
