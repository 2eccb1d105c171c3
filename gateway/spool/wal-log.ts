/**
 * Reads SQLite's write-ahead log without SQLite ("Database File Format", section 4). SQLite takes the first frame that
 * does not add up for the end of the log. That is right for a power cut, which leaves a half-written last transaction, and
 * wrong for a flipped bit, behind which transactions go on that were acknowledged.
 *
 *   log:   32 bytes [0] magic  [8] page size  [16] salt, 8 bytes  [24] checksum, 8 bytes; then frames
 *   frame: 24 bytes [0] page number  [4] pages of the database, when this frame ends a transaction, else 0
 *                   [8] salt  [16] checksum so far; then the page
 */
import { readFile } from 'node:fs/promises';
import { PAGE_BYTES } from './limits.ts';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;
const MAGIC = 0x377f0682;

export interface LogPage {
  number: number;
  page: Buffer;
}

export interface LostTail {
  /** Pages of this log that SQLite will not see, in the order in which they were written. */
  pages: LogPage[];
  /** True when whole transactions follow the break: damage, not a power cut. */
  damaged: boolean;
}

/** What stands in a log behind its first break; no pages when it is whole or there is none. */
export async function readLostTail(file: string): Promise<LostTail> {
  const log = await readFile(file).catch(() => Buffer.alloc(0));
  if (log.length < HEADER_BYTES || (log.readUInt32BE(0) & ~1) !== MAGIC) return { pages: [], damaged: false };
  const frames = framesOf(log);
  const end = endOfWholePart(frames);
  const behind = frames.slice(end);
  const torn = behind.findIndex(({ endsTransaction }) => endsTransaction);
  return {
    pages: behind,
    damaged: torn >= 0 && behind.slice(torn + 1).some(({ followsLast }) => followsLast),
  };
}

/** Every page of a log whatever its state, for a salvage that trusts checksums of rows only. */
export async function readLogPages(file: string): Promise<LogPage[]> {
  const log = await readFile(file).catch(() => Buffer.alloc(0));
  const pages: LogPage[] = [];
  for (let at = HEADER_BYTES; at + FRAME_BYTES <= log.length; at += FRAME_BYTES) pages.push(pageOfFrame(log, at));
  return pages;
}

interface Frame extends LogPage {
  endsTransaction: boolean;
  /** The checksum follows from the one that the frame before bears. */
  followsLast: boolean;
}

/** Frames of this generation of the log: older ones bear another salt. */
function framesOf(log: Buffer): Frame[] {
  const salt = log.subarray(16, 24);
  const sum = log.readUInt32BE(0) & 1 ? sumBigEndian : sumLittleEndian;
  const frames: Frame[] = [];
  let last: Sum = [log.readUInt32BE(24), log.readUInt32BE(28)];
  for (let at = HEADER_BYTES; at + FRAME_BYTES <= log.length; at += FRAME_BYTES) {
    if (!log.subarray(at + 8, at + 16).equals(salt)) break;
    const page = log.subarray(at + FRAME_HEADER_BYTES, at + FRAME_BYTES);
    const expected = sum(page, sum(log.subarray(at, at + 8), last));
    last = [log.readUInt32BE(at + 16), log.readUInt32BE(at + 20)];
    frames.push({
      ...pageOfFrame(log, at),
      endsTransaction: log.readUInt32BE(at + 4) !== 0,
      followsLast: expected[0] === last[0] && expected[1] === last[1],
    });
  }
  return frames;
}

function pageOfFrame(log: Buffer, at: number): LogPage {
  return { number: log.readUInt32BE(at), page: log.subarray(at + FRAME_HEADER_BYTES, at + FRAME_BYTES) };
}

/** Number of frames that SQLite will see: up to the last end of a transaction before the first break. */
function endOfWholePart(frames: readonly Frame[]): number {
  const broken = frames.findIndex(({ followsLast }) => !followsLast);
  const whole = broken < 0 ? frames : frames.slice(0, broken);
  return whole.findLastIndex(({ endsTransaction }) => endsTransaction) + 1;
}

type Sum = readonly [number, number];

function sumBigEndian(bytes: Buffer, start: Sum): Sum {
  let [first, second] = start;
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + bytes.readUInt32BE(at) + second) >>> 0;
    second = (second + bytes.readUInt32BE(at + 4) + first) >>> 0;
  }
  return [first, second];
}

function sumLittleEndian(bytes: Buffer, start: Sum): Sum {
  let [first, second] = start;
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + bytes.readUInt32LE(at) + second) >>> 0;
    second = (second + bytes.readUInt32LE(at + 4) + first) >>> 0;
  }
  return [first, second];
}
