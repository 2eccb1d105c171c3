/**
 * The boards' own reading of Modbus, written from the specification and not from the driver. Requests:
 *
 *   PDU   03/04 start(2) count(2) | 06 register(2) value(2) | 10h start(2) count(2) bytes(1) values
 *   RTU   unit, PDU, CRC low, CRC high        TCP   number(2) 0 0 length(2) unit, PDU
 *
 * A board finds the end of an RTU request by its function, as boards behind a serial server must.
 */
export interface Telegram {
  unit: number;
  /** Function code and data. */
  pdu: Uint8Array;
}

/** Feeds chunks; calls back for each whole request with the way to put an answer into the same envelope. */
export type TelegramReader = (chunk: Uint8Array) => void;
export type OnTelegram = (telegram: Telegram, envelope: (answer: Telegram) => Uint8Array) => void;

const BUFFER_MAX = 1_024;
const SHORTEST = 4;
const FIXED_LENGTH = 8;
/** Functions whose requests are a unit, a function, two words and a CRC. */
const FIXED = new Set([1, 2, 3, 4, 5, 6]);
/** Functions whose requests carry a byte count at place 6. */
const COUNTED = new Set([15, 16]);
const MBAP = { header: 6, lengthAt: 4, lengthMax: 254 };

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value % 2 === 1 ? Math.floor(value / 2) ^ 0xa001 : Math.floor(value / 2);
  return value;
});

/** The two CRC bytes, in the order of the wire. */
export function crcBytes(bytes: Uint8Array): Uint8Array {
  const crc = bytes.reduce((value, byte) => (value >> 8) ^ (CRC_TABLE[(value ^ byte) & 0xff] ?? 0), 0xffff);
  return Uint8Array.of(crc & 0xff, crc >> 8);
}

/** An RTU frame. */
export function rtuBytes({ unit, pdu }: Telegram): Uint8Array {
  const content = Uint8Array.of(unit, ...pdu);
  return Uint8Array.of(...content, ...crcBytes(content));
}

/** Requests in RTU frames; what is no frame is stepped over byte by byte. */
export function rtuReader(onTelegram: OnTelegram): TelegramReader {
  let bytes: number[] = [];
  return (chunk) => {
    bytes = [...bytes, ...chunk].slice(-BUFFER_MAX);
    for (;;) {
      const length = rtuLength(bytes);
      if (length === undefined || bytes.length < length) return;
      const frame = Uint8Array.from(bytes.slice(0, length));
      const [low, high] = crcBytes(frame.subarray(0, -2));
      const isFrame = frame.at(-2) === low && frame.at(-1) === high;
      bytes = bytes.slice(isFrame ? length : 1);
      if (isFrame) onTelegram({ unit: frame[0] ?? 0, pdu: frame.slice(1, -2) }, rtuBytes);
    }
  };
}

/** How long the request at the beginning is, or undefined while that cannot be told. */
function rtuLength(bytes: readonly number[]): number | undefined {
  const code = bytes[1];
  if (code === undefined) return undefined;
  if (FIXED.has(code)) return FIXED_LENGTH;
  if (!COUNTED.has(code)) return SHORTEST;
  const count = bytes[6];
  return count === undefined ? undefined : 9 + count;
}

/** Requests in Modbus TCP envelopes. */
export function tcpReader(onTelegram: OnTelegram): TelegramReader {
  let bytes = new Uint8Array(0);
  return (chunk) => {
    bytes = Uint8Array.of(...bytes, ...chunk);
    while (bytes.length >= MBAP.header) {
      const length = word(bytes, MBAP.lengthAt);
      if (length > MBAP.lengthMax || word(bytes, 2) !== 0) {
        bytes = bytes.slice(1);
        continue;
      }
      if (bytes.length < MBAP.header + length) return;
      const number = bytes.slice(0, 2);
      const [unit = 0, ...pdu] = bytes.slice(MBAP.header, MBAP.header + length);
      bytes = bytes.slice(MBAP.header + length);
      onTelegram({ unit, pdu: Uint8Array.from(pdu) }, (answer) => {
        const size = answer.pdu.length + 1;
        return Uint8Array.of(...number, 0, 0, size >> 8, size & 0xff, answer.unit, ...answer.pdu);
      });
    }
  };
}

/** Two bytes, high one first. */
export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}
