/**
 * The clock's time against the hall's: measured at every heartbeat, set on command (or by itself, if hall.yaml says so).
 * A clock shows whole seconds, so on average half a second has passed since the second it names began.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { isCalendarTime, localTimeText, type LocalTime, type ZoneTime } from '../../gateway/kernel/local-time.ts';
import type { FingerprintClock } from './kind.ts';
import type { ClockStatus } from './status.ts';
import { askTime, tellTime } from './zk-enquiries.ts';
import type { ZkSession } from './zk-session.ts';
import { raiseOnce } from './zk-status.ts';

const HALF_SECOND_MS = 500;
const SECOND_MS = 1_000;
/** How far a clock may be off right after it was set. */
const SET_TOLERANCE_MS = 2_000;

export interface Drift {
  deviceTime: string;
  /** The clock's time minus the hall's, in whole seconds. */
  driftMs: number;
}

/** What time the clock shows, and how far that is from the hall's; undefined when it does not tell. */
async function measureDrift(
  session: ZkSession,
  hall: Hall<FingerprintClock>,
  zone: ZoneTime,
): Promise<Drift | undefined> {
  const askedMs = hall.clock.now();
  const shown = await askTime(session);
  if (!shown) return undefined;
  const betweenMs = (askedMs + hall.clock.now()) / 2;
  return { deviceTime: localTimeText(shown), driftMs: driftOf(shown, betweenMs, zone) };
}

function driftOf(shown: LocalTime, hallMs: number, zone: ZoneTime): number {
  const shownMs = isCalendarTime(shown) ? zone.toInstantMs(shown) : 0;
  return Math.round((shownMs + HALF_SECOND_MS - hallMs) / SECOND_MS) * SECOND_MS;
}

/**
 * Measures, publishes, and records `clock.drifted` when the drift passes the limit; the heartbeat of the session as well.
 * A gateway that does not know the time itself judges nobody. True when the clock is beyond the limit.
 */
export async function watchDrift(
  session: ZkSession,
  hall: Hall<FingerprintClock>,
  status: ClockStatus,
  zone: ZoneTime,
  limitMs: number,
): Promise<boolean> {
  const drift = await measureDrift(session, hall, zone);
  if (!drift || !hall.clock.synced()) return false;
  const { driftMs, deviceTime } = drift;
  if (status.now.clockDriftMs !== driftMs) status.update({ clockDriftMs: driftMs });
  const beyond = Math.abs(driftMs) > limitMs;
  await raiseOnce(hall, 'drifted', beyond, () => ({ type: 'clock.drifted', data: { driftMs, limitMs, deviceTime } }));
  return beyond;
}

/**
 * Sets the clock to the hall's local time and reads it back.
 *
 * @throws HallError `clock.hall-time-unknown` before the gateway's own clock is set, `clock.time-not-set` when the clock
 *   shows another time afterwards, and those of the session.
 */
export async function setClock(
  session: ZkSession,
  hall: Hall<FingerprintClock>,
  status: ClockStatus,
  zone: ZoneTime,
  reason: 'command' | 'automatic',
): Promise<{ deviceTime: string; driftBeforeMs: number; driftAfterMs: number }> {
  if (!hall.clock.synced()) throw new HallError('clock.hall-time-unknown');
  const before = await measureDrift(session, hall, zone);
  await tellTime(session, zone.toLocal(hall.clock.now()));
  const after = await measureDrift(session, hall, zone);
  if (!before || !after || Math.abs(after.driftMs) > SET_TOLERANCE_MS) {
    throw new HallError('clock.time-not-set', {
      message: `${session.link.name} shows ${after?.deviceTime ?? 'no time'} after it was set.`,
      facts: { line: session.link.name, driftMs: after?.driftMs },
    });
  }
  const drifts = { driftBeforeMs: before.driftMs, driftAfterMs: after.driftMs };
  await hall.record([
    {
      type: 'clock.time-set',
      data: { ...drifts, deviceTimeBefore: before.deviceTime, deviceTimeAfter: after.deviceTime, reason },
    },
  ]);
  status.update({ clockDriftMs: after.driftMs });
  hall.log.info('clock.time-set', { reason, ...drifts });
  return { deviceTime: after.deviceTime, ...drifts };
}
