/**
 * Frames that the clock sends by itself (command 500; the session field holds the event code).
 *
 * Attendance (code 1) comes in as many layouts as there are firmware families; only the length tells them apart:
 *
 *   10         u16 id      | verify | punch | YY MM DD hh mm ss               ZEM560
 *   12         u32 id      | verify | punch | time
 *   14         u16 id      | verify | punch | time | 4 more                   ZEM300
 *   32         char[24] id | verify | punch | time                            F19
 *   36, 37     char[24] id | verify | punch | time | 4 or 5 more              uFace, ZEM600
 *   52 and up  char[24] id | verify | punch | time | 20 or more
 *
 * Alarms (code 512): 4 bytes with the code first; 8 bytes for a closing door (0x54); 12 bytes when a person is behind it:
 * 4 fixed, u16 code (0x20 duress, 0x22 pass-back), u16 uid, 4 match type.
 */
import type { Punch } from './punches.ts';
import { decodeByteTime } from './zk-time.ts';
import { paddedText } from './zk-records.ts';

export const LIVE_EVENT = { attendance: 1, alarm: 512 } as const;

/** Order of the two bytes before the time; nearly all firmwares send the verification first. */
export type LiveOrder = 'verify-punch' | 'punch-verify';

const NUMBER_ID_BYTES = new Map([
  [10, 2],
  [12, 4],
  [14, 2],
]);
const TEXT_ID_BYTES = 24;
const TEXT_LENGTHS = new Set([32, 36, 37]);
const LONG_LENGTH = 52;

/** The punch in an attendance event, or undefined for a length that no known firmware sends. */
export function decodeLivePunch(data: Buffer, order: LiveOrder): Punch | undefined {
  const numberBytes = NUMBER_ID_BYTES.get(data.length);
  if (numberBytes !== undefined) return punchAt(data, numberBytes, String(data.readUIntLE(0, numberBytes)), order);
  if (!TEXT_LENGTHS.has(data.length) && data.length < LONG_LENGTH) return undefined;
  return punchAt(data, TEXT_ID_BYTES, paddedText(data.subarray(0, TEXT_ID_BYTES)), order);
}

function punchAt(data: Buffer, at: number, userId: string, order: LiveOrder): Punch {
  const first = data.readUInt8(at);
  const second = data.readUInt8(at + 1);
  const [verify, punch] = order === 'verify-punch' ? [first, second] : [second, first];
  return { userId, verify, punch, time: decodeByteTime(data, at + 2) };
}

export type AlarmName = 'misoperation' | 'tamper' | 'exit-button' | 'door-closing' | 'duress' | 'passback' | 'unknown';

const ALARMS = new Map<number, AlarmName>([
  [0x3a, 'misoperation'],
  [0x37, 'tamper'],
  [0x35, 'exit-button'],
  [0x54, 'door-closing'],
  [0x20, 'duress'],
  [0x22, 'passback'],
]);

export interface ClockAlarm {
  alarm: AlarmName;
  code: number;
  uid?: number;
}

export function decodeAlarm(data: Buffer): ClockAlarm | undefined {
  if (data.length === 0) return undefined;
  if (data.length < 12) return alarmOf(data.readUInt8(0));
  return { ...alarmOf(data.readUInt16LE(4)), uid: data.readUInt16LE(6) };
}

function alarmOf(code: number): ClockAlarm {
  return { alarm: ALARMS.get(code) ?? 'unknown', code };
}
