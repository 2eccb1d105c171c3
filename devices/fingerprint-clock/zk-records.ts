/**
 * Stored attendance records. There is no record id and no sequence number, and nothing on the wire says which of the three
 * layouts a clock uses: it is found by exact division and by looking at what the fields would mean.
 *
 *   8 bytes    0 u16 uid | 2 u8 verify | 3 u32 time | 7 u8 punch                      (old black-and-white clocks)
 *   16 bytes   0 u32 user id | 4 u32 time | 8 u8 verify | 9 u8 punch | 10 two reserved | 12 u32 work code
 *   40 bytes   0 u16 uid | 2 char[24] user id, NUL padded | 26 u8 verify | 27 u32 time | 31 u8 punch | 32 eight reserved
 */
import { isCalendarTime } from '../../gateway/kernel/local-time.ts';
import type { Punch } from './punches.ts';
import { decodePackedTime } from './zk-time.ts';

export const LAYOUTS = [40, 16, 8] as const;
export type Layout = (typeof LAYOUTS)[number];

export function decodeRecord(layout: Layout, bytes: Buffer): Punch {
  switch (layout) {
    case 8:
      return {
        uid: bytes.readUInt16LE(0),
        verify: bytes.readUInt8(2),
        time: decodePackedTime(bytes.readUInt32LE(3)),
        punch: bytes.readUInt8(7),
      };
    case 16:
      return {
        userId: String(bytes.readUInt32LE(0)),
        time: decodePackedTime(bytes.readUInt32LE(4)),
        verify: bytes.readUInt8(8),
        punch: bytes.readUInt8(9),
        workCode: bytes.readUInt32LE(12),
      };
    case 40:
      return {
        uid: bytes.readUInt16LE(0),
        userId: paddedText(bytes.subarray(2, 26)),
        verify: bytes.readUInt8(26),
        time: decodePackedTime(bytes.readUInt32LE(27)),
        punch: bytes.readUInt8(31),
      };
  }
}

/** Text up to the first NUL; user ids are ASCII. */
export function paddedText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}

const SAMPLE_RECORDS = 64;
const NEWEST_YEARS_AHEAD = 1;
const OLDEST_YEARS = 20;
/** A wrong layout makes sense here and there by chance; the right one makes sense nearly everywhere. */
const SENSE_MIN = 0.3;
/** How much less sense the hinted layout may make than the best one. */
const HINT_TOLERANCE = 0.9;

/**
 * The layout of a log (`bytes`, which may end early, of the `declared` length), or undefined when none fits. `hint` is the
 * layout seen earlier or the quotient of the clock's counters; it decides only between layouts that read equally well,
 * because the counters lag.
 */
export function findLayout(
  bytes: Buffer,
  declared: number,
  hint: number | undefined,
  thisYear: number,
): Layout | undefined {
  const fitting = LAYOUTS.filter((layout) => declared % layout === 0)
    .map((layout) => ({ layout, sense: senseOf(layout, bytes, thisYear) }))
    .filter(({ sense }) => sense >= SENSE_MIN)
    .sort((a, b) => b.sense - a.sense);
  const best = fitting[0];
  const hinted = fitting.find(({ layout }) => layout === hint);
  return hinted && best && hinted.sense >= best.sense * HINT_TOLERANCE ? hinted.layout : best?.layout;
}

/** Mean sense of a sample of records in this layout, 0 to 1. */
function senseOf(layout: Layout, bytes: Buffer, thisYear: number): number {
  const count = Math.floor(bytes.length / layout);
  const step = Math.max(1, Math.floor(count / SAMPLE_RECORDS));
  let seen = 0;
  let sense = 0;
  for (let index = 0; index < count; index += step) {
    seen += 1;
    sense += recordSense(layout, bytes.subarray(index * layout, (index + 1) * layout), thisYear);
  }
  return seen === 0 ? 0 : sense / seen;
}

function recordSense(layout: Layout, bytes: Buffer, thisYear: number): number {
  const { time } = decodeRecord(layout, bytes);
  if (!isCalendarTime(time)) return 0;
  if (layout === 40 && !isPaddedId(bytes.subarray(2, 26))) return 0;
  if (time.year >= thisYear - OLDEST_YEARS && time.year <= thisYear + NEWEST_YEARS_AHEAD) return 1;
  // A clock that lost its time starts again in 2000; zeros look like that too.
  return time.year === 2000 ? SENSE_MIN : 0;
}

/** Printable characters, then nothing but NUL. */
function isPaddedId(bytes: Buffer): boolean {
  return /^[\x21-\x7e]+\0*$/.test(bytes.toString('latin1'));
}
