/**
 * The texts that a clock writes into its uploads, in the encoding of its firmware.
 */
import iconv from 'iconv-lite';
import type { EnrolledUser, LoggedPunch, NameEncoding } from './clock-tables.ts';

/** A line of ATTLOG; old firmware writes fewer fields after the work code. */
export function attendanceLine({ userId, time, punch, verify, workCode }: LoggedPunch, trailingFields: number): string {
  const fields = [userId, time.replace('T', ' '), punch, verify, workCode ?? 0];
  return [...fields, ...Array.from({ length: trailingFields }, () => 0)].join('\t');
}

/** A line of OPERLOG about a person, password and all. */
export function userLine(user: EnrolledUser): string {
  const { userId, name = '', privilege = 0, password = '', card = '' } = user;
  return `USER PIN=${userId}\tName=${name}\tPri=${privilege}\tPasswd=${password}\tCard=${card}\tGrp=1\tTZ=0000000100000000`;
}

export function alarmLine(code: number, time: string): string {
  return `OPLOG 3\t0\t${time.replace('T', ' ')}\t${code}\t0\t0\t0`;
}

export function templateLine(userId: string, template: string): string {
  return `FP PIN=${userId}\tFID=1\tSize=${template.length}\tValid=1\tTMP=${template}`;
}

export function photoBody(serial: string, userId: string, picture: Uint8Array): Buffer {
  const head = `PIN=20260601080000-${userId}.jpg\nSN=${serial}\nsize=${picture.length}\nCMD=uploadphoto\0`;
  return Buffer.concat([Buffer.from(head, 'latin1'), picture]);
}

export function bodyOf(lines: readonly string[], lineEnd: string, encoding: NameEncoding): Buffer {
  return iconv.encode(lines.map((line) => `${line}${lineEnd}`).join(''), encoding);
}
