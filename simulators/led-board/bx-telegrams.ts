/**
 * A BX card's own reading of the wire, written from the manual (sections 3 and 4) and not from the driver: what stands between A5 and
 * 5A, with the four pairs undone, is header, data and CRC.
 */
export interface Telegram {
  destination: number;
  source: number;
  data: Buffer;
  /** False when the CRC is not that of the bytes: the card says so with error 5. */
  intact: boolean;
}

const LEAD_IN = Buffer.alloc(9, 0xa5);
const ENDING = Buffer.from([0x5a]);
const TELEGRAM_MIN = 16;
const WAITING_MAX = 8_192;

/** What must not stand inside a telegram, and what stands there instead. */
const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/\xa6/g, '\xa6\x01'],
  [/\xa5/g, '\xa6\x02'],
  [/\x5b/g, '\x5b\x01'],
  [/\x5a/g, '\x5b\x02'],
];
const UNDONE: Readonly<Record<string, string>> = {
  '\xa6\x01': '\xa6',
  '\xa6\x02': '\xa5',
  '\x5b\x01': '\x5b',
  '\x5b\x02': '\x5a',
};

/** A card's reply: nine A5, as in the manual's samples. */
export function telegramBytes(destination: number, source: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(14);
  header.writeUInt16LE(destination, 0);
  header.writeUInt16LE(source, 2);
  header.write('fe02', 10, 'hex');
  header.writeUInt16LE(data.length, 12);
  const inner = Buffer.concat([header, data]);
  const check = Buffer.alloc(2);
  check.writeUInt16LE(arc(inner), 0);
  const plain = Buffer.concat([inner, check]).toString('latin1');
  const escaped = PAIRS.reduce((text, [what, pair]) => text.replace(what, pair), plain);
  return Buffer.concat([LEAD_IN, Buffer.from(escaped, 'latin1'), ENDING]);
}

/** Feeds chunks of any size; calls back for each telegram that has a beginning and an end. */
export function telegramReader(onTelegram: (telegram: Telegram) => void): (chunk: Uint8Array) => void {
  let waiting = '';
  return (chunk) => {
    waiting += Buffer.from(chunk).toString('latin1');
    for (let end = waiting.indexOf('\x5a'); end >= 0; end = waiting.indexOf('\x5a')) {
      const start = waiting.lastIndexOf('\xa5', end);
      const telegram = start >= 0 ? opened(waiting.slice(start + 1, end)) : undefined;
      waiting = waiting.slice(end + 1);
      if (telegram) onTelegram(telegram);
    }
    waiting = waiting.slice(-WAITING_MAX);
  };
}

function opened(escaped: string): Telegram | undefined {
  const plain = escaped.replace(/[\xa6\x5b][^]?/g, (pair) => UNDONE[pair] ?? '');
  const bytes = Buffer.from(plain, 'latin1');
  if (bytes.length < TELEGRAM_MIN) return undefined;
  const data = bytes.subarray(14, -2);
  const intact = arc(bytes.subarray(0, -2)) === bytes.readUInt16LE(bytes.length - 2);
  return {
    destination: bytes.readUInt16LE(0),
    source: bytes.readUInt16LE(2),
    data,
    intact: intact && data.length === bytes.readUInt16LE(12),
  };
}

/** The manual's table-driven CRC (appendix): polynomial 8005h, low bit first. */
function arc(bytes: Uint8Array): number {
  return bytes.reduce((crc, byte) => (crc >> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0), 0);
}

const TABLE: readonly number[] = Array.from({ length: 256 }, (_, index) => {
  let entry = index;
  for (let bit = 0; bit < 8; bit += 1) entry = entry & 1 ? (entry >>> 1) ^ 0xa001 : entry >>> 1;
  return entry;
});
