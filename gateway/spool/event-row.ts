/**
 * A row of the table `event`, packed into one line. The line is what the checksum covers and what the reader fetches, as
 * bytes: making a JavaScript object for each column costs more than reading the disk, and so does making text of a chunk
 * only to check it as bytes again.
 */
import { crc32, FIELD_MARK } from './checksum.ts';

/** 2 stands in the place of rows that are gone: its body is a `Tombstone`. */
export type RowClass = 0 | 1 | 2;
export const RECORD_ROW = 0;
export const TELEMETRY_ROW = 1;
export const TOMBSTONE_ROW = 2;

export interface EventRow {
  sequence: number;
  class: RowClass;
  /** Row of the table `boot`, for a row whose time is to be corrected. */
  boot: number | null;
  /** Monotonic milliseconds of that boot at which it happened. */
  monotonicMs: number | null;
  topic: string;
  body: string;
}

/** Between rows of one packed answer. */
const ROW_MARK = 0x1e;

export function packRow(row: EventRow): string {
  const { sequence, class: rowClass, boot, monotonicMs, topic, body } = row;
  return [sequence, rowClass, boot ?? '', monotonicMs ?? '', topic, body].join(FIELD_MARK);
}

export function eventChecksum(row: EventRow): number {
  return crc32(packRow(row));
}

/** Fills the table `event` from one JSON array of arrays: one parameter and one thread hop for a group of any size. */
export const INSERT_EVENTS = `INSERT INTO event (sequence, class, boot, monotonic, topic, body, crc)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?1)`;

export function insertParameter(rows: readonly EventRow[]): string {
  return JSON.stringify(
    rows.map((row) => [row.sequence, row.class, row.boot, row.monotonicMs, row.topic, row.body, eventChecksum(row)]),
  );
}

const PACKED = `crc || char(31) || sequence || char(31) || class || char(31) || ifnull(boot, '') || char(31) ||
  ifnull(monotonic, '') || char(31) || topic || char(31) || body`;

/** Packed rows ?1 < sequence <= ?2, at most ?3 rows and the first that pass ?4 bytes of body, as one blob. */
export const READ_PACKED = `SELECT CAST(group_concat(${PACKED}, char(${ROW_MARK})) AS BLOB) AS packed FROM (
  SELECT *, sum(octet_length(body)) OVER (ORDER BY sequence ROWS UNBOUNDED PRECEDING) - octet_length(body) AS before
  FROM (SELECT * FROM event WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence LIMIT ?3) ORDER BY sequence)
  WHERE before < ?4`;

/** Packed rows ?1 <= sequence <= ?2, one a result row. */
export const READ_EACH = `SELECT sequence, CAST(${PACKED} AS BLOB) AS packed FROM event
  WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence`;

/** The packed row with the highest sequence <= ?1. */
export const READ_LAST = `SELECT CAST(${PACKED} AS BLOB) AS packed FROM event
  WHERE sequence <= ?1 ORDER BY sequence DESC LIMIT 1`;

/** The lines of a packed answer; none of an answer without rows, which is NULL. */
export function splitPacked(packed: unknown): Buffer[] {
  const lines: Buffer[] = [];
  if (!Buffer.isBuffer(packed)) return lines;
  for (let start = 0; start < packed.length;) {
    const mark = packed.indexOf(ROW_MARK, start);
    const end = mark < 0 ? packed.length : mark;
    lines.push(packed.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

/** The row, or undefined when its checksum says that it is not what was written. */
export function unpackRow(line: Buffer): EventRow | undefined {
  const start = line.indexOf(FIELD_MARK) + 1;
  if (start === 0) return undefined;
  if (crc32(line.subarray(start)) !== Number(line.toString('latin1', 0, start - 1))) return undefined;
  const covered = line.toString('utf8', start);
  const fields = covered.split(FIELD_MARK);
  const [sequence, rowClass, boot, monotonicMs, topic, body] = fields;
  if (fields.length !== 6 || topic === undefined || body === undefined) return undefined;
  const known = classOf(Number(rowClass));
  if (known === undefined) return undefined;
  return {
    sequence: Number(sequence),
    class: known,
    boot: boot === '' ? null : Number(boot),
    monotonicMs: monotonicMs === '' ? null : Number(monotonicMs),
    topic,
    body,
  };
}

function classOf(value: number): RowClass | undefined {
  return value === RECORD_ROW || value === TELEMETRY_ROW || value === TOMBSTONE_ROW ? value : undefined;
}
