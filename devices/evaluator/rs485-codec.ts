/**
 * Frames of the RS-485 bus of callers and four-key evaluators (deployed with JackQChen/QueueSystem, CallSystem/frmMain.cs,
 * MIT; no vendor manual is public). 9600 baud 8N1, one host, one address a window.
 *
 *   FF   68   L   L   68   address   function   data[L-2]   sum   16
 *   |         |                                              address + function + data, modulo 256
 *   |         length of address, function and data, twice
 *   lead-in; it may be lost when the transceiver turns around, so the decoder does without it
 *
 *   device -> host   function 11h    data: key                     result of an evaluation
 *                    any other       data: code (with digits)      key of the caller
 *   host -> device   function 01h    data: key of an 11h frame     acknowledges the result
 *                    same function   same data                     acknowledges a caller's key
 *                    function 01h    0B                            starts an evaluation
 *                    function 02h    0A 0A 0A d d d                shows a ticket, 0A is a blank
 *                    function 02h    w w w 0A 0A 0A                shows how many wait
 *                    function 02h    level                         shows stars
 *                    function 03h    (none)                        beeps
 */
export interface Frame {
  /** 0 to 255. */
  address: number;
  func: number;
  data: Uint8Array;
}

export const FUNCTION = { evaluate: 0x01, display: 0x02, beep: 0x03, result: 0x11 } as const;

const LEAD_IN = 0xff;
const START = 0x68;
const END = 0x16;
const BLANK = 0x0a;
const EVALUATE_DATA = 0x0b;
/** Address and function. */
const LENGTH_MIN = 2;
/** The display frames are the longest of the table. */
const LENGTH_MAX = 8;
/** 68 L L 68 in front, sum and 16 behind. */
const OVERHEAD = 6;

/** The bytes of a frame, lead-in included. */
export function encodeFrame({ address, func, data }: Frame): Uint8Array {
  const length = LENGTH_MIN + data.length;
  if (length > LENGTH_MAX) throw new RangeError(`a frame carries at most ${LENGTH_MAX - LENGTH_MIN} bytes of data`);
  return Uint8Array.of(LEAD_IN, START, length, length, START, address, func, ...data, sumOf(address, func, data), END);
}

/** What the host answers to a device's frame once its event is safe. */
export function acknowledgementOf(frame: Frame): Frame {
  return frame.func === FUNCTION.result ? { ...frame, func: FUNCTION.evaluate } : frame;
}

/** Shows up to three digits; missing ones in front stay dark. */
export function ticketFrame(address: number, digits: string): Frame {
  return display(address, [BLANK, BLANK, BLANK, ...threePlaces(digits.padStart(3, ' '))]);
}

/** Shows 0 to 999. */
export function waitingFrame(address: number, count: number): Frame {
  return display(address, [...threePlaces(String(count).padStart(3, '0')), BLANK, BLANK, BLANK]);
}

export function starsFrame(address: number, level: number): Frame {
  return display(address, [level]);
}

export function beepFrame(address: number): Frame {
  return { address, func: FUNCTION.beep, data: new Uint8Array() };
}

export function startEvaluationFrame(address: number): Frame {
  return { address, func: FUNCTION.evaluate, data: Uint8Array.of(EVALUATE_DATA) };
}

/** What the decoder has met since it began. */
export interface DecoderCounters {
  frames: number;
  /** Bytes that belong to no frame. */
  skippedBytes: number;
  /** Starts of a frame that turned out to have a wrong sum. */
  wrongSums: number;
  /** Starts of a frame that did not end with 16. */
  wrongEnds: number;
}

export interface Decoder {
  /** Takes the next bytes, however they are cut; returns the frames that are complete now. */
  push(bytes: Uint8Array): Frame[];
  /**
   * The line is silent: a frame that has begun will not be finished. What follows its start is looked at again, so that
   * half a frame cannot hide a whole one behind it.
   */
  silence(): Frame[];
  readonly counters: Readonly<DecoderCounters>;
}

/** A decoder holds back less than one longest frame (14 bytes), whatever it is fed. */
export function frameDecoder(): Decoder {
  const counters: DecoderCounters = { frames: 0, skippedBytes: 0, wrongSums: 0, wrongEnds: 0 };
  let held: Uint8Array = new Uint8Array();
  const take = (bytes: Uint8Array, more: boolean): Frame[] => {
    const frames: Frame[] = [];
    let at = 0;
    while (at < bytes.length) {
      const found = frameAt(bytes, at);
      if (found === 'incomplete' && more) break;
      if (typeof found === 'object') {
        counters.frames += 1;
        frames.push(found.frame);
        at += found.size;
        continue;
      }
      if (found === 'wrong-sum') counters.wrongSums += 1;
      if (found === 'wrong-end') counters.wrongEnds += 1;
      if (bytes[at] !== LEAD_IN) counters.skippedBytes += 1;
      at += 1;
    }
    held = bytes.slice(at);
    return frames;
  };
  return {
    counters,
    push: (bytes) => take(Buffer.concat([held, bytes]), true),
    silence: () => take(held, false),
  };
}

type Found = { frame: Frame; size: number } | 'none' | 'incomplete' | 'wrong-sum' | 'wrong-end';

/** Is there a frame that begins (with its 68) exactly here? */
function frameAt(bytes: Uint8Array, at: number): Found {
  const length = lengthAt(bytes, at);
  if (length === undefined) return 'none';
  const size = length + OVERHEAD;
  if (bytes.length < at + size) return 'incomplete';
  const [address = 0, func = 0, ...data] = bytes.subarray(at + 4, at + 4 + length);
  if (bytes[at + size - 2] !== sumOf(address, func, data)) return 'wrong-sum';
  if (bytes[at + size - 1] !== END) return 'wrong-end';
  return { frame: { address, func, data: Uint8Array.from(data) }, size };
}

/** The length that a header `68 L L 68` claims; what has not come yet is taken to fit. Undefined: no header. */
function lengthAt(bytes: Uint8Array, at: number): number | undefined {
  const [start, length = LENGTH_MIN, lengthAgain = length, startAgain = START] = bytes.subarray(at, at + 4);
  const fits = start === START && length === lengthAgain && startAgain === START;
  return fits && length >= LENGTH_MIN && length <= LENGTH_MAX ? length : undefined;
}

function sumOf(address: number, func: number, data: Iterable<number>): number {
  let sum = address + func;
  for (const byte of data) sum += byte;
  return sum & 0xff;
}

function display(address: number, data: readonly number[]): Frame {
  return { address, func: FUNCTION.display, data: Uint8Array.from(data) };
}

/** The last three characters as the display's codes: a digit is itself, anything else is dark. */
function threePlaces(text: string): number[] {
  return Array.from({ length: 3 }, (_, place) => {
    const character = text.at(place - 3) ?? '';
    return /^\d$/.test(character) ? Number(character) : BLANK;
  });
}
