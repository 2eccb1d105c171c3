/**
 * Frames of Onbon BX-5K/6K text cards ("BX-5K/6K protocol, user edition" v1.4, sections 3 and 4). Numbers are little-endian.
 *
 * | part   | bytes | meaning                                                                              |
 * |--------|-------|--------------------------------------------------------------------------------------|
 * | start  | 8     | A5 each; a reader accepts any number from one on                                     |
 * | header | 14    | destination 2, source 2, reserved 3, barcode option 1, check mode 1, display mode 1,  |
 * |        |       | device type 1 (FE: any), protocol version 1 (02), length of the data 2                 |
 * |        | 16    | only with bit 0 of the barcode option: the card's barcode                              |
 * | data   | n     | see `onbon-bx-messages.ts`                                                             |
 * | check  | 2     | CRC-16/ARC of header and data                                                          |
 * | end    | 1     | 5A                                                                                     |
 *
 * Between start and end A5 is written A6 02, A6 is A6 01, 5A is 5B 02 and 5B is 5B 01; length and check are those of the
 * bytes before that.
 */
export interface Frame {
  destination: number;
  source: number;
  data: Uint8Array;
}

/** Reaches whatever single card is on the line; cards answer it, so it is for lines with one card only. */
export const ANY_CARD = 0xfffe;
/** The gateway's own address: cards take 8000h to DFFFh for software. */
export const GATEWAY_ADDRESS = 0x8000;

const START = 0xa5;
const END = 0x5a;
const START_REPEATS = 8;
const HEADER_LENGTH = 14;
const BARCODE_LENGTH = 16;
const CHECK_LENGTH = 2;
const ANY_DEVICE_TYPE = 0xfe;
const PROTOCOL_VERSION = 0x02;
/** A longer frame is noise without an end. */
const FRAME_MAX = 4_096;

const ESCAPED: ReadonlyMap<number, readonly [number, number]> = new Map([
  [0xa5, [0xa6, 0x02]],
  [0xa6, [0xa6, 0x01]],
  [0x5a, [0x5b, 0x02]],
  [0x5b, [0x5b, 0x01]],
]);

/** A frame as it goes over the wire. */
export function encodeFrame({ destination, source, data }: Frame): Uint8Array {
  const body = Buffer.alloc(HEADER_LENGTH + data.length + CHECK_LENGTH);
  body.writeUInt16LE(destination, 0);
  body.writeUInt16LE(source, 2);
  body.set([ANY_DEVICE_TYPE, PROTOCOL_VERSION], 10);
  body.writeUInt16LE(data.length, 12);
  body.set(data, HEADER_LENGTH);
  body.writeUInt16LE(crc16(body.subarray(0, -CHECK_LENGTH)), body.length - CHECK_LENGTH);
  const escaped = [...body].flatMap((byte) => ESCAPED.get(byte) ?? [byte]);
  return Uint8Array.from([...new Array<number>(START_REPEATS).fill(START), ...escaped, END]);
}

/** What came out of the stream: a whole frame, or one that ended and was damaged. */
export type Heard = Frame | 'damaged';

export interface FrameDecoder {
  push(chunk: Uint8Array): Heard[];
}

/** Finds frames in a stream that may be cut anywhere and may have noise before a start. */
export function frameDecoder(): FrameDecoder {
  let inside: number[] | undefined;
  return {
    push(chunk) {
      const heard: Heard[] = [];
      for (const byte of chunk) {
        if (byte === START) {
          // A start in the middle: the frame before it lost its end.
          if (inside !== undefined && inside.length > 0) heard.push('damaged');
          inside = [];
        } else if (inside !== undefined && byte === END) {
          heard.push(parseBody(inside) ?? 'damaged');
          inside = undefined;
        } else if (inside !== undefined) {
          inside.push(byte);
          if (inside.length > FRAME_MAX) inside = undefined;
        }
      }
      return heard;
    },
  };
}

/** CRC-16/ARC: polynomial 8005h reflected, from 0; `123456789` gives BB3Dh. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

function parseBody(escaped: readonly number[]): Frame | undefined {
  const body = unescape(escaped);
  if (body === undefined || body.length < HEADER_LENGTH + CHECK_LENGTH) return undefined;
  const checked = body.subarray(0, -CHECK_LENGTH);
  if (crc16(checked) !== body.readUInt16LE(checked.length)) return undefined;
  const dataAt = HEADER_LENGTH + ((body[7] ?? 0) & 1 ? BARCODE_LENGTH : 0);
  if (dataAt + body.readUInt16LE(12) !== checked.length) return undefined;
  return { destination: body.readUInt16LE(0), source: body.readUInt16LE(2), data: checked.subarray(dataAt) };
}

/** Undefined when a pair is none of the four. */
function unescape(escaped: readonly number[]): Buffer | undefined {
  const bytes: number[] = [];
  for (let at = 0; at < escaped.length; at += 1) {
    const byte = escaped[at] ?? 0;
    if (byte !== 0xa6 && byte !== 0x5b) {
      bytes.push(byte);
      continue;
    }
    at += 1;
    const second = escaped[at];
    if (second !== 0x01 && second !== 0x02) return undefined;
    bytes.push(second === 0x01 ? byte : byte - 1);
  }
  return Buffer.from(bytes);
}
