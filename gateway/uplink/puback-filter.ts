/**
 * Takes the PUBACKs out of the bytes that a broker sends, and leaves everything else to mqtt.js. While a backlog drains,
 * nearly all inbound bytes are PUBACKs; read here they cost a comparison each, and a command that is still being stored
 * cannot hold them up.
 *
 *     PUBACK, MQTT 3.1.1 section 3.4:  40 02 <id msb> <id lsb>
 *     PUBACK, MQTT 5 section 3.4:      40 <length> <id msb> <id lsb> [<reason code> [<properties>]]
 */
const PUBACK = 0x40;
const SHORT_PUBACK_BYTES = 4;
const LENGTH_BYTES_MAX = 4;

export type AckListener = (messageId: number, reasonCode: number) => void;

/** Feeds one chunk; returns what is not a PUBACK, or undefined when nothing is left. */
export type PubackFilter = (chunk: Buffer) => Buffer | undefined;

export function pubackFilter(onAck: AckListener): PubackFilter {
  let carry: Buffer | undefined;
  let passing = 0;

  /** Enters the packet at `at`; returns where the next one begins, or undefined when more bytes are needed. */
  const begin = (bytes: Buffer, at: number): number | undefined => {
    const size = frameSize(bytes, at);
    if (size === undefined) return undefined;
    if (bytes[at] !== PUBACK) {
      passing = size;
      return at;
    }
    if (at + size > bytes.length) return undefined;
    readLongPuback(bytes.subarray(at, at + size), onAck);
    return at + size;
  };
  const pass = (bytes: Buffer, at: number, rest: Buffer[]): number => {
    const end = Math.min(bytes.length, at + passing);
    rest.push(bytes.subarray(at, end));
    passing -= end - at;
    return end;
  };

  return (chunk) => {
    const bytes = carry ? Buffer.concat([carry, chunk]) : chunk;
    const rest: Buffer[] = [];
    carry = undefined;
    for (let at = 0; at < bytes.length;) {
      if (passing > 0) {
        at = pass(bytes, at, rest);
      } else if (isShortPuback(bytes, at)) {
        onAck(bytes.readUInt16BE(at + 2), 0);
        at += SHORT_PUBACK_BYTES;
      } else {
        const next = begin(bytes, at);
        if (next === undefined) carry = bytes.subarray(at);
        at = next ?? bytes.length;
      }
    }
    return rest.length > 1 ? Buffer.concat(rest) : rest[0];
  };
}

function isShortPuback(bytes: Buffer, at: number): boolean {
  return bytes[at] === PUBACK && bytes[at + 1] === 2 && at + SHORT_PUBACK_BYTES <= bytes.length;
}

/** Bytes of the frame at `at`, header included; undefined while the length is incomplete. */
function frameSize(bytes: Buffer, at: number): number | undefined {
  let length = 0;
  for (let index = 1; index <= LENGTH_BYTES_MAX; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** (index - 1);
    if (byte < 0x80) return 1 + index + length;
  }
  // A fifth length byte is malformed (MQTT 3.1.1 section 2.2.3): handed on, so that mqtt.js refuses it.
  return 1 + LENGTH_BYTES_MAX;
}

function readLongPuback(frame: Buffer, onAck: AckListener): void {
  const headerBytes = 1 + lengthBytes(frame);
  if (frame.length < headerBytes + 2) return;
  onAck(frame.readUInt16BE(headerBytes), frame[headerBytes + 2] ?? 0);
}

function lengthBytes(frame: Buffer): number {
  let count = 1;
  while ((frame[count] ?? 0) >= 0x80 && count < LENGTH_BYTES_MAX) count += 1;
  return count;
}
