/**
 * What a clock stores and sends about people and punches, byte by byte.
 */
import iconv from 'iconv-lite';
import { byteTime, packTime } from './clock-codec.ts';

export interface EnrolledUser {
  /** Internal number. */
  uid: number;
  /** Number of the person, text because leading zeros count on newer clocks. */
  userId: string;
  name?: string;
  password?: string;
  privilege?: number;
  card?: number;
}

export interface LoggedPunch {
  userId: string;
  /** Local time of the clock: `2026-06-01T08:00:00`. */
  time: string;
  verify: number;
  punch: number;
  workCode?: number;
}

export type NameEncoding = 'gbk' | 'utf8';

export const EVENT_LENGTHS = [10, 12, 14, 32, 36, 37, 52] as const;
export type EventLength = (typeof EVENT_LENGTHS)[number];

export function userBytes(size: 28 | 72, user: EnrolledUser, encoding: NameEncoding): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt16LE(user.uid, 0);
  bytes.writeUInt8(user.privilege ?? 0, 2);
  bytes.write(user.password ?? '', 3, size === 28 ? 5 : 8, 'latin1');
  // Real clocks cut a name where the field ends, in the middle of a character if need be.
  const nameAt = size === 28 ? 8 : 11;
  const name = iconv.encode(user.name ?? '', encoding).subarray(0, size === 28 ? 8 : 24);
  name.copy(bytes, nameAt);
  bytes.writeUInt32LE(user.card ?? 0, size === 28 ? 16 : 35);
  bytes.writeUInt8(1, size === 28 ? 21 : 39);
  if (size === 28) bytes.writeUInt32LE(Number(user.userId), 24);
  else bytes.write(user.userId, 48, 24, 'latin1');
  return bytes;
}

export function recordBytes(size: 8 | 16 | 40, punch: LoggedPunch, uid: number): Buffer {
  const bytes = Buffer.alloc(size);
  switch (size) {
    case 8:
      bytes.writeUInt16LE(uid, 0);
      bytes.writeUInt8(punch.verify, 2);
      bytes.writeUInt32LE(packTime(punch.time), 3);
      bytes.writeUInt8(punch.punch, 7);
      break;
    case 16:
      bytes.writeUInt32LE(Number(punch.userId), 0);
      bytes.writeUInt32LE(packTime(punch.time), 4);
      bytes.writeUInt8(punch.verify, 8);
      bytes.writeUInt8(punch.punch, 9);
      bytes.writeUInt32LE(punch.workCode ?? 0, 12);
      break;
    case 40:
      bytes.writeUInt16LE(uid, 0);
      bytes.write(punch.userId, 2, 24, 'latin1');
      bytes.writeUInt8(punch.verify, 26);
      bytes.writeUInt32LE(packTime(punch.time), 27);
      bytes.writeUInt8(punch.punch, 31);
      break;
  }
  return bytes;
}

/** A live attendance event of the given length. */
export function eventBytes(length: EventLength, punch: LoggedPunch): Buffer {
  const codes = Buffer.from([punch.verify, punch.punch]);
  const bytes = Buffer.alloc(length);
  Buffer.concat([eventId(length, punch.userId), codes, byteTime(punch.time)]).copy(bytes);
  return bytes;
}

function eventId(length: EventLength, userId: string): Buffer {
  if (length === 12) return Buffer.from(Uint32Array.of(Number(userId)).buffer);
  if (length < 32) return Buffer.from(Uint16Array.of(Number(userId)).buffer);
  const text = Buffer.alloc(24);
  text.write(userId, 'latin1');
  return text;
}

/** GET_FREE_SIZES: counters at the offsets that real clocks use. */
export function freeSizes(counts: { users: number; records: number; recordCapacity: number }): Buffer {
  const bytes = Buffer.alloc(92);
  const userCapacity = 3000;
  bytes.writeInt32LE(counts.users, 16);
  bytes.writeInt32LE(counts.users, 24);
  bytes.writeInt32LE(counts.records, 32);
  bytes.writeInt32LE(userCapacity, 60);
  bytes.writeInt32LE(counts.recordCapacity, 64);
  bytes.writeInt32LE(userCapacity - counts.users, 72);
  bytes.writeInt32LE(counts.recordCapacity - counts.records, 76);
  return bytes;
}

/** A data set as it is read in bulk: its length, then its records. */
export function dataSet(records: readonly Buffer[]): Buffer {
  const body = Buffer.concat(records);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}
