/**
 * Modbus RTU over a stream of bytes. RTU marks the end of a frame by silence, which a serial server or a busy machine does
 * not keep; here an answer is known by what was asked: unit, function code, length and CRC.
 *
 *   request   unit | function | data | CRC low | CRC high
 *   answer    function 3, 4:  unit | function | n | n bytes | CRC      6, 16:  unit | function | 4 bytes | CRC
 *   refusal   unit | function + 80h | exception | CRC
 *
 * (MODBUS over Serial Line V1.02; CRC-16 with polynomial A001h reflected, start FFFFh.)
 */
import type { Framing, RtuFrame } from './client-port.ts';

const ANSWER_WRITE_BYTES = 8;
const REFUSAL_BYTES = 5;
const REFUSED = 0x80;
/** Noise in front of an answer is stepped over; more than this in one exchange is not an answer. */
const HEARD_BYTES_MAX = 1_024;

interface Expected {
  unit: number;
  code: number;
  answerBytes: number;
  /** The request itself, for an adapter that hears itself; undefined once it was heard, or where it is not. */
  ownEcho: Uint8Array | undefined;
}

/** Framing for one line; `ownEcho` when its adapter hears what it sends. */
export function rtuFraming({ ownEcho }: { ownEcho: boolean }): Framing {
  let expected: Expected | undefined;
  let heard = new Uint8Array(0);
  let strays = 0;
  const forget = () => {
    strays += heard.length;
    expected = undefined;
    heard = new Uint8Array(0);
  };
  return {
    request(frame) {
      forget();
      expected = expectedOf(frame, ownEcho);
      return frame;
    },
    hear(chunk) {
      if (!expected) {
        strays += chunk.length;
        return undefined;
      }
      heard = joined(heard, chunk);
      if (expected.ownEcho) {
        const at = Buffer.from(heard).indexOf(expected.ownEcho);
        if (at < 0) return undefined;
        heard = heard.slice(at + expected.ownEcho.length);
        expected.ownEcho = undefined;
      }
      const found = answerIn(heard, expected);
      if (!found) return undefined;
      strays += heard.length - found.length;
      heard = new Uint8Array(0);
      expected = undefined;
      return found;
    },
    forget,
    strayBytes: () => strays,
  };
}

/** CRC-16/MODBUS. */
export function modbusCrc(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

function expectedOf(frame: RtuFrame, ownEcho: boolean): Expected | undefined {
  const [unit = 0, code = 0] = frame;
  if (unit === 0) return undefined;
  const isRead = code === 3 || code === 4;
  const count = ((frame[4] ?? 0) << 8) | (frame[5] ?? 0);
  const answerBytes = isRead ? REFUSAL_BYTES + 2 * count : ANSWER_WRITE_BYTES;
  return { unit, code, answerBytes, ownEcho: ownEcho ? frame.slice() : undefined };
}

/** The first whole answer or refusal with a right CRC. */
function answerIn(heard: Uint8Array, { unit, code, answerBytes }: Expected): RtuFrame | undefined {
  for (let at = 0; at + REFUSAL_BYTES <= heard.length; at += 1) {
    if (heard[at] !== unit) continue;
    const second = heard[at + 1];
    const length = second === code ? answerBytes : second === (code | REFUSED) ? REFUSAL_BYTES : Infinity;
    const frame = heard.slice(at, at + length);
    if (frame.length === length && isWhole(frame)) return frame;
  }
  return undefined;
}

function isWhole(frame: RtuFrame): boolean {
  return modbusCrc(frame.subarray(0, -2)) === ((frame.at(-1) ?? 0) << 8) + (frame.at(-2) ?? 0);
}

function joined(before: Uint8Array, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(before.length + chunk.length);
  all.set(before);
  all.set(chunk, before.length);
  return all.length > HEARD_BYTES_MAX ? all.slice(-HEARD_BYTES_MAX) : all;
}
