/**
 * Short questions to a clock: who are you, how full is your log, what time is it.
 *
 * GET_FREE_SIZES answers 80 to 92 bytes of i32: users at 16, records at 32, user capacity at 60, record capacity at 64.
 * OPTIONS_RRQ takes `name\0` and answers `name=value\0`; what a firmware does not know it refuses or leaves empty.
 */
import { isHallError } from '../../gateway/kernel/errors.ts';
import type { LocalTime } from '../../gateway/kernel/local-time.ts';
import { COMMAND } from './zk-frame.ts';
import { paddedText } from './zk-records.ts';
import type { ZkSession } from './zk-session.ts';
import { decodePackedTime, encodePackedTime } from './zk-time.ts';

export interface ClockIdentity {
  serial?: string;
  model?: string;
  firmware?: string;
}

export async function askIdentity(session: ZkSession): Promise<ClockIdentity> {
  const serial = await askOption(session, '~SerialNumber');
  const model = await askOption(session, '~DeviceName');
  const firmware = await unlessRefused(session.ask(COMMAND.version).then(paddedText));
  return { ...(serial && { serial }), ...(model && { model }), ...(firmware && { firmware }) };
}

async function askOption(session: ZkSession, name: string): Promise<string | undefined> {
  const answer = await unlessRefused(session.ask(COMMAND.optionRead, Buffer.from(`${name}\0`, 'latin1')));
  if (!answer) return undefined;
  const text = paddedText(answer);
  const value = text.slice(text.indexOf('=') + 1).trim();
  return value === '' ? undefined : value;
}

export interface Occupancy {
  users: number;
  records: number;
  recordCapacity: number;
}

/** The counters, or undefined from a clock that does not tell them. */
export async function askOccupancy(session: ZkSession): Promise<Occupancy | undefined> {
  const sizes = await unlessRefused(session.ask(COMMAND.freeSizes));
  if (!sizes || sizes.length < 68) return undefined;
  const count = (at: number) => Math.max(0, sizes.readInt32LE(at));
  return { users: count(16), records: count(32), recordCapacity: count(64) };
}

export async function askTime(session: ZkSession): Promise<LocalTime | undefined> {
  const answer = await unlessRefused(session.ask(COMMAND.getTime));
  return answer && answer.length >= 4 ? decodePackedTime(answer.readUInt32LE(0)) : undefined;
}

/** Writes the time; REFRESHDATA makes the clock show it at once. */
export async function tellTime(session: ZkSession, time: LocalTime): Promise<void> {
  const data = Buffer.alloc(4);
  data.writeUInt32LE(encodePackedTime(time));
  await session.ask(COMMAND.setTime, data);
  await unlessRefused(session.ask(COMMAND.refreshData));
}

/** What a firmware refuses is absent; every other failure is one. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (isHallError(thrown) && thrown.code === 'clock.answer-refused') return undefined;
    throw thrown;
  }
}
