/**
 * From a punch, stored, live or pushed, to the event of the contract. The natural key is what all forms have in common: the
 * clock's serial number, the person, the local time, and the two codes. Firmwares do not agree on the order of the codes in
 * live events, so the key takes them as an unordered pair. All wires make the same key: a clock that changes its wire doubles
 * nothing.
 */
import type { z } from 'zod';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { isCalendarTime, localTimeText, type LocalTime, type ZoneTime } from '../../gateway/kernel/local-time.ts';
import type { punchName, verifyName } from './kind.ts';

/** One punch as the clock wrote it. The person is named by user id, by internal uid, or by both. */
export interface Punch {
  uid?: number;
  userId?: string;
  verify: number;
  punch: number;
  time: LocalTime;
  workCode?: number;
}

export interface Person {
  /** As enrolled, leading zeros and all; as the record says it when nobody is enrolled under it. */
  userId: string;
  name?: string;
}

const PUNCHES: readonly z.output<typeof punchName>[] = [
  'check-in',
  'check-out',
  'break-out',
  'break-in',
  'overtime-in',
  'overtime-out',
];

const VERIFICATIONS = new Map<number, z.output<typeof verifyName>>([
  [0, 'password'],
  [1, 'fingerprint'],
  [2, 'card'],
  [15, 'face'],
  [25, 'palm'],
]);

export interface PunchContext {
  /** Scope of the natural key: serial number of the clock, or its name in the hall when it tells none. */
  scope: string;
  serial: string | undefined;
  people: { find(punch: Punch): Person };
  zone: ZoneTime;
}

export function punchOccurrence(punch: Punch, origin: 'live' | 'stored', context: PunchContext): Occurrence {
  const person = context.people.find(punch);
  const deviceTime = localTimeText(punch.time);
  const codes = [punch.verify, punch.punch].sort((a, b) => a - b).join('+');
  return {
    type: 'attendance.punched',
    data: {
      ...person,
      punch: PUNCHES[punch.punch] ?? 'undefined',
      punchCode: punch.punch,
      verify: VERIFICATIONS.get(punch.verify) ?? 'other',
      verifyCode: punch.verify,
      ...(punch.workCode !== undefined && { workCode: punch.workCode }),
      deviceTime,
      ...(context.serial !== undefined && { serial: context.serial }),
      origin,
    },
    // A date that no calendar has cannot be an instant: the gateway's clock is the witness then.
    ...(isCalendarTime(punch.time) && { deviceTimeMs: context.zone.toInstantMs(punch.time) }),
    naturalKey: `${context.scope}/${comparableId(person.userId)}/${deviceTime}/${codes}`,
  };
}

/** `00042` and `42` are one person; a text that is no number stands for itself. */
export function comparableId(userId: string): string {
  return /^\d+$/.test(userId) ? userId.replace(/^0+(?=\d)/, '') : userId;
}
