/**
 * The frame that gateway and hall board exchange: one Firmata sysex each, with a tag and a check (docs/firmware.md).
 *
 *   F0 | command 01..0F | tag | payload, septets | check low, check high | F7        at most 96 bytes
 *
 * The check is CRC-14/DARC over command, tag and payload. Numbers are cut into septets, lowest first: u16 three, u32 five.
 * Firmata itself carries F0 and F7; here a frame is its command and the data between command and F7.
 */
export interface Frame {
  command: number;
  /** The answer carries the tag of the question; 0: nobody waits for an answer. */
  tag: number;
  payload: readonly number[];
}

export const FRAME_BYTES_MAX = 96;
/** `F0`, command, tag, two of the check, `F7`. */
const OVERHEAD = 6;
export const PAYLOAD_MAX = FRAME_BYTES_MAX - OVERHEAD;
/** x^14 + x^11 + x^2 + 1, its bits in reverse. */
const POLYNOMIAL = 0x2804;

/** The data bytes after the command. */
export function encodeFrame({ command, tag, payload }: Frame): number[] {
  const check = crc14([command, tag, ...payload]);
  return [tag, ...payload, check & 0x7f, check >> 7];
}

/** The frame; undefined when it is too short, too long, or its check is wrong. */
export function decodeFrame(command: number, data: readonly number[]): Frame | undefined {
  const [tag, ...rest] = data;
  const payload = rest.slice(0, -2);
  const [low, high] = rest.slice(-2);
  if (tag === undefined || low === undefined || high === undefined || payload.length > PAYLOAD_MAX) return undefined;
  return crc14([command, tag, ...payload]) === (low | (high << 7)) ? { command, tag, payload } : undefined;
}

/** CRC-14/DARC: reflected, start 0, no final change. */
export function crc14(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1;
  }
  return crc;
}

const U16_SEPTETS = 3;
const U32_SEPTETS = 5;

export function u16(value: number): number[] {
  return septets(value, U16_SEPTETS);
}

export function u32(value: number): number[] {
  return septets(value, U32_SEPTETS);
}

/** Printable ASCII, a septet each. */
export function text(value: string): number[] {
  return [...Buffer.from(value, 'ascii')];
}

/** Reads a payload from its beginning; what is missing is undefined, so that a short payload is seen. */
export interface PayloadReader {
  septet(): number | undefined;
  u16(): number | undefined;
  u32(): number | undefined;
  /** All that is left. */
  text(): string;
}

export function payloadReader(payload: readonly number[]): PayloadReader {
  let at = 0;
  const number = (count: number): number | undefined => {
    if (at + count > payload.length) return undefined;
    const taken = payload.slice(at, at + count);
    at += count;
    return taken.reduceRight((value, septet) => value * 128 + septet, 0);
  };
  return {
    septet: () => number(1),
    u16: () => number(U16_SEPTETS),
    u32: () => number(U32_SEPTETS),
    text: () => Buffer.from(payload.slice(at)).toString('ascii'),
  };
}

function septets(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(value / 128 ** index) % 128);
}
