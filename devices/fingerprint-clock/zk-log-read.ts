/**
 * Reads the stored log: only what follows the cursor when the cursor still holds, else all of it.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import { unlessRefused } from './zk-enquiries.ts';
import { ATTENDANCE_LOG, withBuffer, type PreparedBuffer } from './zk-bulk-read.ts';
import { digestOf, vouchedFor, vouchingCount, type LogCursor } from './zk-log-cursor.ts';
import { findLayout, type Layout } from './zk-records.ts';
import type { ZkSession } from './zk-session.ts';

/** The data set begins with its own length as u32. */
const LENGTH_BYTES = 4;

export interface StoredLog {
  layout: Layout;
  /** Position in the log of the first record of `records`. */
  first: number;
  /** Whole records in the clock's own bytes. */
  records: Buffer;
  /** How many of `records`, from the first on, are on record already. */
  known: number;
}

export interface LogReading {
  pieceTimeoutMs: number;
  /** From the clock's counters; it decides between layouts that read equally well. */
  recordCount: number | undefined;
  thisYear: number;
}

/**
 * The log after the cursor, or the whole log without one; undefined when it is empty.
 *
 * @throws HallError `clock.log-unreadable` for a layout that is none of the known ones, and those of the session.
 */
export function readStoredLog(
  session: ZkSession,
  cursor: LogCursor | undefined,
  reading: LogReading,
): Promise<StoredLog | undefined> {
  const log = withBuffer(session, ATTENDANCE_LOG, reading.pieceTimeoutMs, async (buffer) => {
    const tail = cursor && (await readTail(buffer, cursor));
    return tail ?? (await readWhole(buffer, cursor, reading));
  });
  // Some firmwares refuse to prepare a log in which there is nothing.
  return reading.recordCount === 0 ? unlessRefused(log) : log;
}

/** The vouching records and what follows them, if they stand where the cursor saw them. */
async function readTail(buffer: PreparedBuffer, cursor: LogCursor): Promise<StoredLog | undefined> {
  const { layout, recordsSeen, digest } = cursor;
  const total = Math.floor((buffer.size - LENGTH_BYTES) / layout);
  const known = vouchingCount(cursor);
  if (known === 0 || total < recordsSeen) return undefined;
  const first = recordsSeen - known;
  const vouching = await buffer.read(LENGTH_BYTES + first * layout, known * layout);
  if (digestOf(vouching) !== digest) return undefined;
  const fresh = await buffer.read(LENGTH_BYTES + recordsSeen * layout, (total - recordsSeen) * layout);
  return { layout, first, records: Buffer.concat([vouching, fresh]), known };
}

async function readWhole(
  buffer: PreparedBuffer,
  cursor: LogCursor | undefined,
  reading: LogReading,
): Promise<StoredLog | undefined> {
  if (buffer.size <= LENGTH_BYTES) return undefined;
  const data = await buffer.read(0, buffer.size);
  // The promised size lags while the clock is adding records, even by parts of one: what is whole is there.
  const declared = data.readUInt32LE(0);
  const bytes = data.subarray(LENGTH_BYTES, LENGTH_BYTES + Math.min(declared, data.length - LENGTH_BYTES));
  if (bytes.length === 0) return undefined;
  const layout = findLayout(bytes, declared, cursor?.layout ?? hintOf(declared, reading), reading.thisYear);
  if (!layout) throw unreadable(bytes.length);
  const records = bytes.subarray(0, bytes.length - (bytes.length % layout));
  const known = cursor?.layout === layout ? vouchedFor(cursor, records) : 0;
  return { layout, first: 0, records, known };
}

function hintOf(declared: number, { recordCount }: LogReading): number | undefined {
  return recordCount ? declared / recordCount : undefined;
}

function unreadable(bytes: number): HallError {
  return new HallError('clock.log-unreadable', {
    message: `The attendance log of ${bytes} bytes has no known record layout.`,
    facts: { bytes },
  });
}
