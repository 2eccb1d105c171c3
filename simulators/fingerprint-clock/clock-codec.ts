/**
 * The simulator's own codec for the ZKTeco stand-alone protocol, written from the protocol's description (frames.json of
 * the device holds the samples that both codecs are tested against).
 */
export interface ClockFrame {
  command: number;
  session: number;
  reply: number;
  data: Buffer;
  /** What the checksum field says agrees with the bytes. */
  intact: boolean;
}

const MAGIC_LOW = 0x5050;
const MAGIC_HIGH = 0x7d82;

/** Words are added with end-around carry; the sum is complemented. */
function sumOf(bytes: Buffer): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    if (index === 2 || index === 3) continue;
    sum += (bytes[index] ?? 0) * (index % 2 === 0 ? 1 : 256);
  }
  return 0xffff - (sum % 0xffff === 0 && sum > 0 ? 0xffff : sum % 0xffff);
}

export function datagramOf({ command, session, reply, data }: Omit<ClockFrame, 'intact'>): Buffer {
  const bytes = Buffer.concat([Buffer.from(Uint16Array.of(command, 0, session, reply).buffer), data]);
  bytes.writeUInt16LE(sumOf(bytes), 2);
  return bytes;
}

export function segmentOf(frame: Omit<ClockFrame, 'intact'>): Buffer {
  const payload = datagramOf(frame);
  const head = Buffer.alloc(8);
  head.writeUInt16LE(MAGIC_LOW, 0);
  head.writeUInt16LE(MAGIC_HIGH, 2);
  head.writeUInt32LE(payload.length, 4);
  return Buffer.concat([head, payload]);
}

export function frameOf(payload: Buffer): ClockFrame | undefined {
  if (payload.length < 8) return undefined;
  return {
    command: payload.readUInt16LE(0),
    session: payload.readUInt16LE(4),
    reply: payload.readUInt16LE(6),
    data: Buffer.from(payload.subarray(8)),
    intact: payload.readUInt16LE(2) === sumOf(payload),
  };
}

/** Collects a stream; a clock is simple-minded: bytes that are no wrapper make it forget what it has. */
export function streamReader(deliver: (frame: ClockFrame) => void): (chunk: Uint8Array) => void {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 8) {
      if (pending.readUInt16LE(0) !== MAGIC_LOW || pending.readUInt16LE(2) !== MAGIC_HIGH) {
        pending = Buffer.alloc(0);
        return;
      }
      const end = 8 + pending.readUInt32LE(4);
      if (pending.length < end) return;
      const frame = frameOf(pending.subarray(8, end));
      pending = pending.subarray(end);
      if (frame) deliver(frame);
    }
  };
}

/** A local time as its numbers: year, month, day, hour, minute, second. */
export type TimeFields = [year: number, month: number, day: number, hour: number, minute: number, second: number];

export function timeFields(text: string): TimeFields {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/\D/).map(Number);
  return [year, month, day, hour, minute, second];
}

/** Local time as text from milliseconds that already contain the zone's offset. */
export function textOfShifted(shiftedMs: number): string {
  return new Date(shiftedMs).toISOString().slice(0, 19);
}

export function packTime(text: string): number {
  const [year, month, day, hour, minute, second] = timeFields(text);
  return ((((year - 2000) * 12 + (month - 1)) * 31 + (day - 1)) * 24 + hour) * 3600 + minute * 60 + second;
}

export function unpackTime(packed: number): string {
  let rest = packed;
  const take = (unit: number) => {
    const part = rest % unit;
    rest = (rest - part) / unit;
    return part;
  };
  const [second, minute, hour, day, month] = [take(60), take(60), take(24), take(31) + 1, take(12) + 1];
  const two = (value: number) => String(value).padStart(2, '0');
  return `${rest + 2000}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}

export function byteTime(text: string): Buffer {
  const [year, ...rest] = timeFields(text);
  return Buffer.from([year - 2000, ...rest]);
}

/** Undoes the scramble of AUTH and compares: the third byte tells which tick the client used. */
export function provesKey(proof: Buffer, key: number, session: number): boolean {
  if (proof.length < 4) return false;
  const tick = proof.readUInt8(2);
  const keyBits = key.toString(2).padStart(32, '0');
  const reversed = Number.parseInt(Array.from(keyBits).reverse().join(''), 2);
  const mixed = Buffer.alloc(4);
  mixed.writeUInt32LE((reversed + session) % 2 ** 32);
  const letters = Buffer.from('ZKSO', 'latin1').map((letter, index) => letter ^ mixed.readUInt8(index));
  const [, k = 0, s = 0, o = 0] = letters;
  return proof.readUInt8(0) === (s ^ tick) && proof.readUInt8(1) === (o ^ tick) && proof.readUInt8(3) === (k ^ tick);
}
