/**
 * The texts of ZKTeco's PUSH protocol ("ADMS", "iclock"), one line at a time. Lines are read as Latin-1, so that every byte
 * of a name survives until its encoding is known; fields are parted by TAB, trailing ones may be missing.
 *
 *   ATTLOG         PIN | YYYY-MM-DD hh:mm:ss | status | verify | work code | reserved ...
 *   OPERLOG        USER PIN=.. | Name=.. | Pri=.. | Passwd=.. | Card=.. | ...
 *                  OPLOG code | administrator | YYYY-MM-DD hh:mm:ss | o1 | o2 | o3 | o4     (code 3: alarm o1)
 *                  FP PIN=.. | ..., FACE ..., USERPIC ..., BIODATA ..., BIOPHOTO ...       (dropped unread)
 *   USERINFO       USER PIN=.. | Name=.. | ...                                             (USER may be missing)
 *   options        ~DeviceName=..,FWVersion=..,UserCount=..                                 (also the body of registry)
 *   INFO           firmware,users,fingerprints,punches,address,...
 *   devicecmd      ID=..&Return=..&CMD=..
 *
 * Source: PUSH SDK texts 2.4 and 3.2.0 of the vendor, restated; `frames.json` has samples.
 */
import type { LocalTime } from '../../gateway/kernel/local-time.ts';
import type { alarmName } from './kind.ts';
import type { z } from 'zod';
import { decodeName, guessName, type NameEncoding } from './name-text.ts';
import type { Punch } from './punches.ts';

const PIN = /^[\x21-\x7e]{1,24}$/;
const TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{1,2}):(\d{1,2})$/;
const CODE = /^\d{1,5}$/;
const WORK_CODE = /^\d{1,9}$/;
/** What these clocks write where a punch has no status, or nobody knows how it was verified. */
const CODE_UNDEFINED = 255;

/** A line of ATTLOG; undefined when it is none. */
export function decodePunch(line: string): Punch | undefined {
  const [userId = '', at = '', status, verify, workCode = ''] = line.split('\t').map((field) => field.trim());
  const time = decodeTime(at);
  if (!PIN.test(userId) || !time) return undefined;
  return {
    userId,
    time,
    punch: decodeCode(status),
    verify: decodeCode(verify),
    ...(WORK_CODE.test(workCode) && { workCode: Number(workCode) }),
  };
}

/** Who punched when is the record; a code that nobody can read must not take it away. */
function decodeCode(field = ''): number {
  return CODE.test(field) ? Number(field) : CODE_UNDEFINED;
}

function decodeTime(text: string): LocalTime | undefined {
  const found = TIME.exec(text);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  return { year, month, day, hour, minute, second };
}

export type OperationLine =
  | { kind: 'user'; userId: string; name: string }
  | { kind: 'alarm'; alarm: z.output<typeof alarmName>; code: number; time: LocalTime }
  /** A menu was opened, a setting changed: no record of the hall. */
  | { kind: 'operation' }
  /** A template or a picture of a person. */
  | { kind: 'biometric' }
  | { kind: 'broken' };

const ALARM_OPERATION = 3;
const ALARMS = new Map<number, z.output<typeof alarmName>>([
  [32, 'duress'],
  [34, 'passback'],
  [53, 'exit-button'],
  [54, 'forced-open'],
  [55, 'tamper'],
  [58, 'misoperation'],
]);
/** A door that opens or closes, and the end of an alarm, are no alarms. */
const NO_ALARMS = new Set([50, 51, 65_535]);

/** A line of OPERLOG or USERINFO. Passwords and cards are stepped over: they never get into a variable of their own. */
export function decodeOperation(line: string, encoding: NameEncoding | 'auto'): OperationLine {
  if (/^(?:USER\s+)?PIN=/i.test(line)) return decodeUser(line.replace(/^USER\s+/i, ''), encoding);
  if (/^OPLOG\s/.test(line)) return decodeOplog(line.slice('OPLOG '.length));
  return /^[A-Z]+\s+PIN=/i.test(line) ? { kind: 'biometric' } : { kind: 'broken' };
}

function decodeUser(fields: string, encoding: NameEncoding | 'auto'): OperationLine {
  const [pin = '', ...rest] = fields.split('\t');
  const userId = pin.slice('PIN='.length).trim();
  if (!PIN.test(userId)) return { kind: 'broken' };
  const field = rest.find((text) => /^Name=/i.test(text)) ?? '';
  const bytes = Buffer.from(field.slice('Name='.length), 'latin1');
  return { kind: 'user', userId, name: encoding === 'auto' ? guessName(bytes) : decodeName(bytes, encoding) };
}

function decodeOplog(text: string): OperationLine {
  const [operation, , at = '', object = ''] = text.split('\t').map((field) => field.trim());
  if (!CODE.test(operation ?? '')) return { kind: 'broken' };
  if (Number(operation) !== ALARM_OPERATION) return { kind: 'operation' };
  const time = decodeTime(at);
  if (!time || !CODE.test(object)) return { kind: 'broken' };
  const code = Number(object);
  return NO_ALARMS.has(code)
    ? { kind: 'operation' }
    : { kind: 'alarm', alarm: ALARMS.get(code) ?? 'unknown', code, time };
}

/** What a clock tells about itself. */
export interface ClockFacts {
  model?: string;
  firmware?: string;
  users?: number;
  records?: number;
}

/** `INFO` of a poll. */
export function decodeInfo(text: string): ClockFacts {
  const [firmware, users, , records] = text.split(',');
  return facts({ firmware, users, records });
}

/** Body of `registry`, or of table `options`: `~Name=value,Name=value`, sometimes one a line. */
export function decodeOptions(text: string): ClockFacts {
  const options = new Map<string, string>();
  for (const option of text.split(/[,\n]/)) {
    const [name = '', ...value] = option.split('=');
    options.set(name.trim().replace(/^~/, ''), value.join('='));
  }
  return facts({
    model: options.get('DeviceName'),
    firmware: options.get('FWVersion') ?? options.get('FirmVer'),
    users: options.get('UserCount'),
    records: options.get('TransactionCount'),
  });
}

function facts(
  told: Record<keyof ClockFacts, string | undefined> | Omit<Record<keyof ClockFacts, string | undefined>, 'model'>,
): ClockFacts {
  const text = (value: string | undefined) =>
    (value ?? '')
      .replace(/[^\x20-\x7e]/g, '')
      .trim()
      .slice(0, 64);
  const model = 'model' in told ? text(told.model) : '';
  const firmware = text(told.firmware);
  const users = count(told.users);
  const records = count(told.records);
  return {
    ...(model && { model }),
    ...(firmware && { firmware }),
    ...(users !== undefined && { users }),
    ...(records !== undefined && { records }),
  };
}

function count(text: string | undefined): number | undefined {
  return /^\d{1,9}$/.test(text?.trim() ?? '') ? Number(text) : undefined;
}

export interface CommandOutcome {
  id: string;
  /** 0 and more: carried out; below 0: refused. */
  code: number;
}

/** A line of `devicecmd`; undefined for the lines of output that some commands add. */
export function decodeOutcome(line: string): CommandOutcome | undefined {
  const fields = new URLSearchParams(line.trim());
  const id = fields.get('ID') ?? '';
  const code = fields.get('Return') ?? '';
  return /^\w{1,16}$/.test(id) && /^-?\d{1,9}$/.test(code) ? { id, code: Number(code) } : undefined;
}
