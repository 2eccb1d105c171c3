/**
 * The body of a request, in the pieces in which it comes, unpacked where it was packed (gzip, deflate). A packed body is taken
 * whole, because only its end says whether it is sound, and is unpacked twice: once to see that, once to be read. So nothing
 * of a body that does not add up gets anywhere, and what it unpacks to is never in memory as a whole.
 */
import type { Readable } from 'node:stream';
import { createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { HallError, isHallError, textOf } from '../../gateway/kernel/errors.ts';
import { withDeadline } from '../../gateway/kernel/waiting.ts';

export type Pieces = AsyncIterable<Uint8Array>;

/** Punches pack to a tenth: this is more than the largest body that may come unpacked. */
const PACKED_BYTES_MAX = 2 * 1024 * 1024;

/**
 * The pieces of a stream that does not fall silent; the stream stays open for the answer.
 *
 * @throws (while it is read) HallError `push.upload-stalled` when no piece comes for `stallMs`; the stream's own error when
 *   the clock goes away in the middle.
 */
export async function* bodyPieces(body: Readable, stallMs: number): Pieces {
  const pieces = body.iterator({ destroyOnReturn: false });
  for (;;) {
    const { done, value } = await withDeadline<IteratorResult<unknown, unknown>>(pieces.next(), stallMs, () =>
      stalled(stallMs),
    );
    if (done) return;
    if (value instanceof Uint8Array) yield value;
  }
}

export interface Packed {
  body: Pieces;
  /** `Content-Encoding` of the request (RFC 9110, 8.4), or empty. */
  packing: string;
}

/**
 * The body as it was before it was packed, at most `bytesMax` long where it was.
 *
 * @param heard called for every piece of a packed body
 * @throws HallError `push.upload-unreadable`, `push.upload-too-large`, and what reading `body` throws.
 */
export async function plainBody({ body, packing }: Packed, bytesMax: number, heard: () => void): Promise<Pieces> {
  const name = packing.trim().toLowerCase();
  if (name === '' || name === 'identity') return body;
  if (!/^(?:x-)?gzip$|^deflate$/.test(name))
    throw unreadable(`nobody here knows the packing "${packing.slice(0, 32)}"`);
  const packed = await wholeOf(body, heard);
  try {
    await countedBytes(unpacked(packed), bytesMax);
  } catch (thrown) {
    throw isHallError(thrown) ? thrown : unreadable(`it is packed (${name}) and not sound: ${textOf(thrown)}`, thrown);
  }
  return unpacked(packed);
}

export function tooLarge(bytesMax: number): HallError {
  return new HallError('push.upload-too-large', {
    message: `An upload is larger than ${bytesMax} bytes.`,
    facts: { bytesMax },
  });
}

export function unreadable(reason: string, cause?: unknown): HallError {
  return new HallError('push.upload-unreadable', {
    message: `An upload cannot be read: ${reason}.`,
    facts: { reason },
    ...(cause !== undefined && { cause }),
  });
}

/** True of bytes (or Latin-1 text) that begin like gzip, whatever their sender calls them (RFC 1952, 2.3.1). */
export function looksPacked(text: string): boolean {
  return text.startsWith('\x1f\x8b');
}

/** By what the bytes are: `deflate` is with some senders a zlib stream, as it should be, and bare with others (RFC 9110, 8.4.1.2). */
function unpacked(packed: Buffer): Pieces {
  const [first = 0, second = 0] = packed;
  const hasZlibHeader = (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
  const bare = hasZlibHeader ? createInflate() : createInflateRaw();
  const unpacker = looksPacked(packed.toString('latin1', 0, 2)) ? createGunzip() : bare;
  unpacker.end(packed);
  return unpacker;
}

async function wholeOf(body: Pieces, heard: () => void): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  await countedBytes(body, PACKED_BYTES_MAX, (piece) => {
    heard();
    pieces.push(piece);
  });
  return Buffer.concat(pieces);
}

async function countedBytes(body: Pieces, bytesMax: number, take?: (piece: Uint8Array) => void): Promise<void> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    take?.(piece);
  }
}

function stalled(stallMs: number): HallError {
  return new HallError('push.upload-stalled', {
    message: `Nothing more of an upload came for ${stallMs / 1_000} s.`,
    facts: { stallMs },
  });
}
