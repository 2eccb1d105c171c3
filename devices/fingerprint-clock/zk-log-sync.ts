/**
 * Brings the stored log of a clock onto record: in bounded batches, each in one transaction with the cursor behind it, so
 * that a power cut between two batches neither loses nor repeats a punch.
 */
import type { CursorUpdate, Hall } from '../../gateway/kernel/driver.ts';
import { localTimeText } from '../../gateway/kernel/local-time.ts';
import type { FingerprintClock } from './kind.ts';
import { later } from './status.ts';
import { cursorAfter, LOG_CURSOR, readCursor } from './zk-log-cursor.ts';
import { readStoredLog, type LogReading, type StoredLog } from './zk-log-read.ts';
import { punchOccurrence, type Punch, type PunchContext } from './punches.ts';
import { decodeRecord, type Layout } from './zk-records.ts';
import type { ZkSession } from './zk-session.ts';

const BATCH_RECORDS = 500;

export interface SyncResult {
  /** Records looked at. */
  read: number;
  /** Events that came of them. */
  fresh: number;
  layout: Layout | undefined;
  lastPunchAt: string | undefined;
}

const NOTHING: SyncResult = { read: 0, fresh: 0, layout: undefined, lastPunchAt: undefined };

/** Reads what the cursor does not vouch for, and moves the cursor. */
export async function syncLog(
  session: ZkSession,
  hall: Hall<FingerprintClock>,
  context: PunchContext,
  reading: LogReading,
): Promise<SyncResult> {
  const cursor = readCursor(await hall.cursor(LOG_CURSOR), context.scope);
  const log = await readStoredLog(session, cursor, reading);
  if (!log) return NOTHING;
  if (cursor && log.first === 0 && log.known === 0) {
    hall.log.info('clock.log-reread', { recordsSeen: cursor.recordsSeen, records: log.records.length / log.layout });
  }
  const cursorBehind = (position: number): CursorUpdate => ({
    name: LOG_CURSOR,
    value: cursorAfter(context.scope, log.layout, log.first + position, log.records.subarray(0, position * log.layout)),
  });
  return recordPunches(log, { session, hall, context, cursorBehind, wanted: () => true });
}

/** Reads the whole log again, from a local time on; the cursor stays. */
export async function rereadLog(
  session: ZkSession,
  hall: Hall<FingerprintClock>,
  context: PunchContext,
  reading: LogReading,
  from: string | undefined,
): Promise<SyncResult> {
  const log = await readStoredLog(session, undefined, reading);
  if (!log) return NOTHING;
  const wanted = (punch: Punch) => from === undefined || localTimeText(punch.time) >= from;
  return recordPunches(log, { session, hall, context, cursorBehind: undefined, wanted });
}

interface Recording {
  session: ZkSession;
  hall: Hall<FingerprintClock>;
  context: PunchContext;
  cursorBehind: ((position: number) => CursorUpdate) | undefined;
  wanted: (punch: Punch) => boolean;
}

async function recordPunches(log: StoredLog, recording: Recording): Promise<SyncResult> {
  const { session, hall, context, cursorBehind, wanted } = recording;
  const total = log.records.length / log.layout;
  const result: SyncResult = { ...NOTHING, layout: log.layout };
  for (let position = log.known; position < total;) {
    // The next visit goes on from the cursor; two that record at once would only be in each other's way.
    session.signal.throwIfAborted();
    const end = Math.min(position + BATCH_RECORDS, total);
    const punches = decodeRange(log, position, end).filter(wanted);
    const occurrences = punches.map((punch) => punchOccurrence(punch, 'stored', context));
    const recorded = await hall.record(occurrences, cursorBehind?.(end));
    position = end;
    result.read += punches.length;
    result.fresh += recorded.filter(({ repeated }) => !repeated).length;
    for (const { time } of punches) result.lastPunchAt = later(result.lastPunchAt, localTimeText(time));
  }
  return result;
}

function decodeRange({ layout, records }: StoredLog, start: number, end: number): Punch[] {
  return Array.from({ length: end - start }, (_, index) => {
    const at = (start + index) * layout;
    return decodeRecord(layout, records.subarray(at, at + layout));
  });
}
