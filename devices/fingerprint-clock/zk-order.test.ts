/** Punches reach the record in the order in which people made them, also where old and new ones come at the same time. */
import { expect, onTestFinished, test } from 'vitest';
import { startClock } from '../../simulators/fingerprint-clock/clock.ts';
import { recordingHall } from '../recording-hall.ts';
import { fingerprintClock } from './kind.ts';
import { zk } from './zk.ts';

const REGISTER_EVENTS = 500;
const STORED = 2_000;
const FAST = { heartbeatMs: 500, replyTimeoutMs: 1_000, pieceTimeoutMs: 2_000, retryMaxMs: 200, pollMs: 3_600_000 };

function stored(count: number) {
  const from = Date.UTC(2026, 2, 1);
  return Array.from({ length: count }, (_, index) => ({
    userId: '1001',
    time: new Date(from + index * 60_000).toISOString().slice(0, 19),
    verify: 1,
    punch: 0,
  }));
}

test.each(['tcp', 'udp'] as const)(
  'a finger on the clock while its log is still being read comes after what the log holds (%s)',
  async (transport) => {
    const clock = await startClock({
      users: [{ uid: 1, userId: '1001', name: '张三' }],
      log: stored(STORED),
      transport,
    });
    onTestFinished(() => clock.close());
    const seen = recordingHall(fingerprintClock);
    const config = zk.config.parse({ host: clock.host, port: clock.port, transport, ...FAST });
    const ended = zk.run(config, seen.hall);
    onTestFinished(async () => {
      seen.stop();
      await ended;
    });
    await seen.until('the clock pushes', () => clock.body.commands.includes(REGISTER_EVENTS));
    clock.punch('1001');
    clock.punch('1001', { punch: 1 });
    const punched = () => seen.store.occurrences.filter(({ type }) => type === 'attendance.punched');
    await seen.until('all arrived', () => punched().length === STORED + 2);
    const times = punched().map(({ data }) => JSON.stringify(data['deviceTime']));
    expect(times).toEqual(times.toSorted());
    await seen.until('the clock was told', () => clock.acknowledged() === 2);
  },
);
