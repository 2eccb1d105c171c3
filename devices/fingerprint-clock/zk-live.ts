/**
 * What the clock says by itself. A punch or an alarm is acknowledged after it is on disk, never before; one that is not
 * acknowledged may come again, and makes no second event. What is turned away here is still in the stored log.
 *
 * A punch that comes while a visit reads for the first time what the log holds waits for that: people punched in an order, and
 * the centre gets them in that order. An alarm has no place in the log, and waits for nothing.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { localTimeText } from '../../gateway/kernel/local-time.ts';
import type { FingerprintClock } from './kind.ts';
import { decodeAlarm, decodeLivePunch, LIVE_EVENT, type LiveOrder } from './zk-live-events.ts';
import { punchOccurrence, type PunchContext } from './punches.ts';
import type { LiveFrame } from './zk-session.ts';
import type { ClockStatus } from './status.ts';

/** Live events that wait for the disk; beyond them the stored log has to do. */
const WAITING_MAX = 500;
/** An alarm has no time of its own: the same one again within this is the same alarm, sent again. */
const SAME_ALARM_MS = 10_000;

export interface LiveListenerOptions {
  hall: Hall<FingerprintClock>;
  status: ClockStatus;
  context: PunchContext;
  order: LiveOrder;
  /** What was stored before this visit is on record; never, if the visit ends before. */
  caughtUp: Promise<unknown>;
}

/** Hears live frames in order, one commit at a time. */
export function liveListener(options: LiveListenerOptions): (frame: LiveFrame) => void {
  const { hall, status, context, order } = options;
  const alarms = alarmMemory(hall);
  const unknownLengths = new Set<number>();
  const unwanted = new Set<number>();
  let waiting = 0;
  let punchTurn: Promise<unknown> = options.caughtUp;
  let alarmTurn: Promise<unknown> = Promise.resolve();

  const carryOut = async (occurrence: Occurrence, frame: LiveFrame): Promise<void> => {
    try {
      await hall.record([occurrence]);
      frame.acknowledge();
    } catch (thrown) {
      if (!hall.signal.aborted) hall.log.error('clock.live-refused', thrown, { event: frame.event });
    } finally {
      waiting -= 1;
    }
  };
  const record = (turn: Promise<unknown>, occurrence: Occurrence, frame: LiveFrame): Promise<unknown> => {
    if (waiting >= WAITING_MAX) return turn;
    waiting += 1;
    return turn.then(() => carryOut(occurrence, frame));
  };

  const hearPunch = (frame: LiveFrame) => {
    const punch = decodeLivePunch(frame.data, order);
    if (!punch) {
      if (!unknownLengths.has(frame.data.length)) hall.log.warn('clock.live-unknown', { bytes: frame.data.length });
      unknownLengths.add(frame.data.length);
      return;
    }
    punchTurn = record(punchTurn, punchOccurrence(punch, 'live', context), frame);
    status.sawPunch(localTimeText(punch.time));
  };
  const hearAlarm = (frame: LiveFrame) => {
    const alarm = decodeAlarm(frame.data);
    if (alarm && !alarms.isRepeat(frame.data))
      alarmTurn = record(alarmTurn, { type: 'clock.alarm', data: { ...alarm } }, frame);
    else frame.acknowledge();
  };

  /** A template, an enrolment, a door: its content is looked at by nobody, and the clock is told not to send it again. */
  const drop = (frame: LiveFrame) => {
    if (!unwanted.has(frame.event)) hall.log.warn('clock.live-dropped', { event: frame.event });
    unwanted.add(frame.event);
    status.dropped();
    frame.acknowledge();
  };

  return (frame) => {
    if (frame.event === LIVE_EVENT.attendance) hearPunch(frame);
    else if (frame.event === LIVE_EVENT.alarm) hearAlarm(frame);
    else drop(frame);
  };
}

function alarmMemory(hall: Hall<FingerprintClock>): { isRepeat(data: Buffer): boolean } {
  let last: { hex: string; atMs: number } | undefined;
  return {
    isRepeat(data) {
      const hex = data.toString('hex');
      const atMs = hall.clock.monotonicMs();
      const repeat = last?.hex === hex && atMs - last.atMs < SAME_ALARM_MS;
      if (!repeat) last = { hex, atMs };
      return repeat;
    },
  };
}
