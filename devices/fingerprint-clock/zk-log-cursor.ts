/**
 * How far the stored log of a clock was read. The log has no numbers, so the cursor is a count together with a fingerprint
 * of the records just before it: as long as they stand where they stood, everything before them is on record. A log that was
 * cleared or rolled over fails the comparison and is read in full; natural keys make that harmless.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../../gateway/kernel/json.ts';
import { LAYOUTS, type Layout } from './zk-records.ts';

export const LOG_CURSOR = 'log';

/** Records that the fingerprint covers. */
export const VOUCHING_RECORDS = 16;

const cursorSchema = z.strictObject({
  serial: z.string(),
  layout: z.literal(LAYOUTS),
  recordsSeen: z.int().nonnegative(),
  digest: z.string(),
});

export type LogCursor = z.output<typeof cursorSchema>;

/** The stored cursor; undefined when there is none, or none that this clock may use. */
export function readCursor(stored: Json | undefined, serial: string): LogCursor | undefined {
  const parsed = cursorSchema.safeParse(stored);
  return parsed.success && parsed.data.serial === serial ? parsed.data : undefined;
}

/** The serial number that a stored cursor belongs to. */
export function scopeOf(stored: Json | undefined): string | undefined {
  return cursorSchema.safeParse(stored).data?.serial;
}

/** The cursor after `recordsSeen` records, the last of which are the last in `records`. */
export function cursorAfter(serial: string, layout: Layout, recordsSeen: number, records: Buffer): LogCursor {
  const vouching = Math.min(VOUCHING_RECORDS, recordsSeen, records.length / layout) * layout;
  return { serial, layout, recordsSeen, digest: digestOf(records.subarray(records.length - vouching)) };
}

/** How many records the cursor's fingerprint covers. */
export function vouchingCount(cursor: LogCursor): number {
  return Math.min(VOUCHING_RECORDS, cursor.recordsSeen);
}

export function digestOf(records: Buffer): string {
  return createHash('sha256').update(records).digest('base64');
}

/**
 * How many records of a whole log the cursor vouches for, wherever its fingerprint stands now (a log that rolls over keeps
 * its length and moves its records down); 0 when it is nowhere.
 */
export function vouchedFor(cursor: LogCursor, records: Buffer): number {
  const { layout } = cursor;
  const count = vouchingCount(cursor);
  if (count === 0) return 0;
  for (let end = records.length / layout; end >= count; end -= 1) {
    if (digestOf(records.subarray((end - count) * layout, end * layout)) === cursor.digest) return end;
  }
  return 0;
}
