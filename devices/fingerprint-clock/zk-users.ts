/**
 * People enrolled at the clock, read for their names. The password that a user record carries is stepped over: it never
 * gets into a variable. Templates are behind another command, which the driver does not have.
 *
 *   28 bytes   0 u16 uid | 2 u8 privilege | 3 char[5] password | 8 char[8] name | 16 u32 card | ... | 24 u32 user id
 *   72 bytes   0 u16 uid | 2 u8 privilege | 3 char[8] password | 11 char[24] name | 35 u32 card | ... | 48 char[24] user id
 */
import iconv from 'iconv-lite';
import { paddedText } from './zk-records.ts';

export const USER_SIZES = [72, 28] as const;
export type UserSize = (typeof USER_SIZES)[number];
export type NameEncoding = 'gbk' | 'utf8';

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

/** A name up to its NUL. A field that is full may end in half a character, which is left away. */
export function decodeName(field: Buffer, encoding: NameEncoding): string {
  const end = field.indexOf(0);
  const bytes = end < 0 ? field : field.subarray(0, end);
  const whole = encoding === 'gbk' ? wholeGbk(bytes) : wholeUtf8(bytes);
  return iconv.decode(whole, encoding).trim();
}

/** GBK: a byte from 0x81 to 0xFE leads a pair. */
function wholeGbk(bytes: Buffer): Buffer {
  let at = 0;
  while (at < bytes.length) {
    const width = (bytes[at] ?? 0) >= 0x81 ? 2 : 1;
    if (at + width > bytes.length) break;
    at += width;
  }
  return bytes.subarray(0, at);
}

function wholeUtf8(bytes: Buffer): Buffer {
  let start = bytes.length;
  while (start > 0 && ((bytes[start - 1] ?? 0) & 0xc0) === 0x80) start -= 1;
  const lead = bytes[start - 1] ?? 0;
  const width = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start > 0 && start - 1 + width > bytes.length ? bytes.subarray(0, start - 1) : bytes;
}
