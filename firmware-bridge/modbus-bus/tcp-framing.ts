/**
 * Modbus TCP over a stream of bytes: each frame has a header, and an answer carries the number of its request.
 *
 *   number (2) | 0 0 | length (2) of what follows | unit | function | data        (no CRC: TCP has its own)
 *
 * (MODBUS Messaging on TCP/IP V1.0b, 3.1.3.) The numbers run on over the life of the line, so a late answer to an earlier
 * request is known for what it is.
 */
import type { Framing, RtuFrame } from './client-port.ts';
import { modbusCrc } from './rtu-framing.ts';

const HEADER_BYTES = 6;
/** Unit, function code and at least one byte; at most 253 bytes behind the unit. */
const LENGTH = { min: 3, max: 254 };
const NUMBERS = 0x10000;
const CRC_BYTES = 2;

/** Framing for one connection. */
export function tcpFraming(): Framing {
  let number = 0;
  let waiting = false;
  let heard = Buffer.alloc(0);
  let strays = 0;
  return {
    request(frame) {
      number = (number + 1) % NUMBERS;
      waiting = frame[0] !== 0;
      const length = frame.length - CRC_BYTES;
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt16BE(number, 0);
      header.writeUInt16BE(length, 4);
      return Buffer.concat([header, frame.subarray(0, length)]);
    },
    hear(chunk) {
      heard = Buffer.concat([heard, chunk]);
      let answer: RtuFrame | undefined;
      while (heard.length >= HEADER_BYTES) {
        const length = heard.readUInt16BE(4);
        if (heard.readUInt16BE(2) !== 0 || length < LENGTH.min || length > LENGTH.max) {
          heard = heard.subarray(1);
          strays += 1;
          continue;
        }
        if (heard.length < HEADER_BYTES + length) break;
        const isAnswer = waiting && heard.readUInt16BE(0) === number;
        if (isAnswer) {
          answer = withCrc(heard.subarray(HEADER_BYTES, HEADER_BYTES + length));
          waiting = false;
        } else strays += HEADER_BYTES + length;
        heard = heard.subarray(HEADER_BYTES + length);
      }
      return answer;
    },
    forget() {
      waiting = false;
    },
    strayBytes: () => strays,
  };
}

function withCrc(content: Uint8Array): RtuFrame {
  const crc = modbusCrc(content);
  return Buffer.concat([content, Uint8Array.of(crc & 0xff, crc >> 8)]);
}
