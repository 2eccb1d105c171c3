/**
 * A byte stream as MQTT control packets (MQTT 3.1.1 section 2.2): the fixed header is read, the rest is handed on whole.
 * Nothing larger than the limit is ever collected.
 */
import { HallError } from '../kernel/errors.ts';

/** One whole control packet. */
export interface Frame {
  /** Control packet type, 1 (CONNECT) to 14 (DISCONNECT). */
  type: number;
  /** Low nibble of the first byte. */
  flags: number;
  /** Variable header and payload. */
  body: Buffer;
  /** The packet as it came. */
  bytes: Buffer;
}

export interface FrameReader {
  push(chunk: Buffer): void;
  /**
   * The next whole packet, or undefined until more bytes come.
   *
   * @throws HallError `broker.protocol-violation` for a malformed length, or a packet over `bytesMax`.
   */
  next(bytesMax: number): Frame | undefined;
}

const NOTHING = Buffer.alloc(0);
const HEADER_BYTES_MIN = 2;

export function frameReader(): FrameReader {
  let held: Buffer = NOTHING;
  let offset = 0;
  let later: Buffer[] = [];
  let available = 0;
  /** Nothing can be done with fewer bytes: spares joining a large packet again for every small chunk. */
  let needed = HEADER_BYTES_MIN;

  const join = () => {
    if (later.length === 0) return;
    const rest = offset < held.length ? [held.subarray(offset)] : [];
    const [only] = later;
    held = rest.length === 0 && later.length === 1 && only ? only : Buffer.concat([...rest, ...later]);
    offset = 0;
    later = [];
  };

  return {
    push(chunk) {
      later.push(chunk);
      available += chunk.length;
    },
    next(bytesMax) {
      if (available < needed) return undefined;
      join();
      const header = readHeader(held, offset);
      if (!header) {
        needed = available + 1;
        return undefined;
      }
      const size = header.bytes + header.remaining;
      if (size > bytesMax) throw violation('limit', `A packet of ${size} bytes is over the limit of ${bytesMax}.`);
      if (available < size) {
        needed = size;
        return undefined;
      }
      const start = offset;
      offset += size;
      available -= size;
      needed = HEADER_BYTES_MIN;
      const first = held[start] ?? 0;
      return {
        type: first >> 4,
        flags: first & 0x0f,
        body: held.subarray(start + header.bytes, offset),
        bytes: held.subarray(start, offset),
      };
    },
  };
}

const LENGTH_BYTES_MAX = 4;

/** Section 2.2.3: seven bits a byte, low ones first, at most four bytes. */
function readHeader(bytes: Buffer, at: number): { bytes: number; remaining: number } | undefined {
  let remaining = 0;
  for (let index = 0; index < LENGTH_BYTES_MAX; index += 1) {
    const byte = bytes[at + 1 + index];
    if (byte === undefined) return undefined;
    remaining += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return { bytes: 2 + index, remaining };
  }
  throw violation('2.2.3', 'A remaining length is longer than four bytes.');
}

/** An error that closes the connection; `clause` is the part of MQTT 3.1.1 that asks for it, or `limit` for our own. */
export function violation(clause: string, message: string): HallError {
  return new HallError('broker.protocol-violation', { message, facts: { clause } });
}
