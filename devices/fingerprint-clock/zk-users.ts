/**
 * People enrolled at the clock, read for their names. The password that a user record carries is stepped over: it never
 * gets into a variable. Templates are behind another command, which the driver does not have.
 *
 *   28 bytes   0 u16 uid | 2 u8 privilege | 3 char[5] password | 8 char[8] name | 16 u32 card | ... | 24 u32 user id
 *   72 bytes   0 u16 uid | 2 u8 privilege | 3 char[8] password | 11 char[24] name | 35 u32 card | ... | 48 char[24] user id
 */
import { decodeName, type NameEncoding } from './name-text.ts';
import { paddedText } from './zk-records.ts';

export const USER_SIZES = [72, 28] as const;
export type UserSize = (typeof USER_SIZES)[number];

export interface ClockUser {
  uid: number;
  userId: string;
  name: string;
}

export function decodeUser(size: UserSize, bytes: Buffer, encoding: NameEncoding): ClockUser {
  const uid = bytes.readUInt16LE(0);
  return size === 28
    ? { uid, userId: String(bytes.readUInt32LE(24)), name: decodeName(bytes.subarray(8, 16), encoding) }
    : { uid, userId: paddedText(bytes.subarray(48, 72)), name: decodeName(bytes.subarray(11, 35), encoding) };
}

/** The size that divides the data; when both do, the one whose user ids are text, and then the counters' quotient. */
export function findUserSize(bytes: Buffer, hint: number | undefined): UserSize | undefined {
  const fitting = USER_SIZES.filter((size) => bytes.length % size === 0);
  if (fitting.length < 2) return fitting[0];
  const textIds = /^[\x21-\x7e]+\0*$/.test(bytes.toString('latin1', 48, 72));
  return textIds && hint !== 28 ? 72 : 28;
}
