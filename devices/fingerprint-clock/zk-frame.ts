/**
 * Frames of the ZKTeco stand-alone protocol (port 4370), little endian.
 *
 * Payload, the same over TCP and UDP:
 *
 *   offset 0  u16  command or reply code
 *          2  u16  checksum
 *          4  u16  session id; in a frame the clock sends by itself (command 500) the event code
 *          6  u16  reply id: the clock echoes the request's
 *          8  ...  data
 *
 * TCP puts 8 bytes in front: 50 50 82 7D and the payload's length as u32. A UDP datagram is one bare payload.
 *
 * Both transports vouch for the bytes themselves, and pyzk, which talks to most firmwares, never checks the checksum of a
 * reply: neither does the framer while it is in step. After stray bytes it does, to tell a frame from noise.
 */

export const COMMAND = {
  optionRead: 11,
  attendanceLogRead: 13,
  usersRead: 9,
  freeSizes: 50,
  getTime: 201,
  setTime: 202,
  registerEvents: 500,
  connect: 1000,
  exit: 1001,
  enableDevice: 1002,
  restart: 1004,
  refreshData: 1013,
  testVoice: 1017,
  version: 1100,
  authenticate: 1102,
  prepareData: 1500,
  data: 1501,
  freeData: 1502,
  prepareBuffer: 1503,
  readBuffer: 1504,
} as const;

export const REPLY = { ok: 2000, error: 2001, data: 2002, retry: 2003, repeat: 2004, unauthorised: 2005 } as const;

export interface Payload {
  command: number;
  session: number;
  reply: number;
  data: Buffer;
}

const HEADER_BYTES = 8;
const WRAPPER_BYTES = 8;
const MAGIC = Buffer.from([0x50, 0x50, 0x82, 0x7d]);
/** A chunk is at most 65,472 bytes; anything much longer is noise that looks like a frame. */
const PAYLOAD_BYTES_MAX = 131_072;
const NO_DATA = Buffer.alloc(0);

/** One's complement of the folded sum of u16 words, the checksum field counted as 0; an odd last byte is a low byte. */
export function checksum(payload: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < payload.length; at += 2) {
    if (at === 2) continue;
    sum += (payload[at] ?? 0) + ((payload[at + 1] ?? 0) << 8);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** The payload as a UDP datagram. */
export function encodePayload({ command, session, reply, data }: Payload): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + data.length);
  bytes.writeUInt16LE(command, 0);
  bytes.writeUInt16LE(session, 4);
  bytes.writeUInt16LE(reply, 6);
  data.copy(bytes, HEADER_BYTES);
  bytes.writeUInt16LE(checksum(bytes), 2);
  return bytes;
}

/** The payload in its TCP wrapper. */
export function encodeTcpFrame(payload: Payload): Buffer {
  const bytes = encodePayload(payload);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([MAGIC, length, bytes]);
}

/** A datagram, or what a TCP wrapper held; undefined when it is too short to be a payload. */
export function decodePayload(bytes: Uint8Array): Payload | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    command: view.readUInt16LE(0),
    session: view.readUInt16LE(4),
    reply: view.readUInt16LE(6),
    data: view.subarray(HEADER_BYTES),
  };
}

export interface Framer {
  push(chunk: Uint8Array): void;
  /** Bytes that belonged to no frame. */
  readonly strayBytes: number;
}

/** Cuts a TCP stream into payloads, however it was split or glued, and finds its step again after noise. */
export function tcpFramer(deliver: (payload: Payload) => void): Framer {
  let pending: Buffer = NO_DATA;
  let strayBytes = 0;
  let inStep = true;
  const skip = (count: number) => {
    pending = pending.subarray(count);
    strayBytes += count;
    inStep = false;
  };
  const takeOne = (): boolean => {
    const noise = noiseBefore(pending);
    if (noise > 0) skip(noise);
    if (pending.length < WRAPPER_BYTES) return false;
    const length = pending.readUInt32LE(4);
    if (length < HEADER_BYTES || length > PAYLOAD_BYTES_MAX) {
      skip(1);
      return true;
    }
    if (pending.length < WRAPPER_BYTES + length) return false;
    const bytes = pending.subarray(WRAPPER_BYTES, WRAPPER_BYTES + length);
    if (!inStep && checksum(bytes) !== bytes.readUInt16LE(2)) {
      skip(1);
      return true;
    }
    inStep = true;
    pending = pending.subarray(WRAPPER_BYTES + length);
    const payload = decodePayload(bytes);
    if (payload) deliver(payload);
    return true;
  };
  return {
    push(chunk) {
      pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk]);
      while (takeOne());
    },
    get strayBytes() {
      return strayBytes;
    },
  };
}

/** How many bytes at the start cannot begin a frame (a beginning of the magic at the very end may). */
function noiseBefore(bytes: Buffer): number {
  const found = bytes.indexOf(MAGIC);
  if (found >= 0) return found;
  for (let kept = Math.min(MAGIC.length - 1, bytes.length); kept > 0; kept -= 1) {
    if (bytes.subarray(bytes.length - kept).equals(MAGIC.subarray(0, kept))) return bytes.length - kept;
  }
  return bytes.length;
}

/**
 * The four bytes that prove knowledge of the comm key (通讯密码): the key's bits reversed, plus the session id, each byte
 * XORed with "ZKSO", the 16-bit halves swapped, then XORed with `tick`; the third byte tells the clock which tick was used.
 */
export function scrambleCommKey(key: number, session: number, tick = 50): Buffer {
  const mixed = Buffer.alloc(4);
  mixed.writeUInt32LE((reverseBits(key) + session) >>> 0);
  const [second, third, high] = [mixed.readUInt8(1), mixed.readUInt8(2), mixed.readUInt8(3)];
  return Buffer.from([third ^ 0x53 ^ tick, high ^ 0x4f ^ tick, tick, second ^ 0x4b ^ tick]);
}

function reverseBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit += 1) reversed = (reversed << 1) | ((value >>> bit) & 1);
  return reversed >>> 0;
}
