/**
 * Reading much: the clock prepares a buffer, the driver takes it in pieces, and frees it in any case.
 *
 *   PREPARE_BUFFER(1503)  01, i16 command, i32 function, i32 extra     answer (a)  DATA(1501) with everything
 *                                                                      answer (b)  ACK_OK or PREPARE_DATA with 13 bytes:
 *                                                                                  00, u32 size, u32 size, u32 unknown
 *   READ_BUFFER(1504)     i32 start, i32 length                        PREPARE_DATA(1500) {u32 size, u32 packet},
 *                                                                      DATA ..., ACK_OK; or one DATA alone
 *   FREE_DATA(1502)
 *
 * Every byte is accounted for: a piece is complete when exactly its length has arrived. DATA frames carry no position, so
 * over UDP, where they may be lost, doubled or overtaken, a piece is small enough to travel in a single one.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import { COMMAND, REPLY } from './zk-frame.ts';
import type { ZkLink } from './zk-link.ts';
import { refused, type Gather, type ZkSession } from './zk-session.ts';

export interface BufferRequest {
  command: number;
  function: number;
}

export const ATTENDANCE_LOG: BufferRequest = { command: COMMAND.attendanceLogRead, function: 0 };
export const USERS: BufferRequest = { command: COMMAND.usersRead, function: 5 };

/** What the clock has prepared. */
export interface PreparedBuffer {
  readonly size: number;
  /** @throws HallError `clock.answer-broken` when the pieces do not add up, `clock.no-answer` when one is late. */
  read(start: number, length: number): Promise<Buffer>;
}

const TCP_PIECE_BYTES = 65_472;
const UDP_PIECE_BYTES = 1_000;
/** Far more than the largest clock holds (a million records of 40 bytes would be 40 MB). */
const BUFFER_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Prepares a buffer, lends it to `use`, and frees it. One at a time for each session: the clock has one buffer.
 *
 * @throws HallError of the session, `clock.answer-broken`, or what `use` throws.
 */
export async function withBuffer<T>(
  session: ZkSession,
  request: BufferRequest,
  pieceTimeoutMs: number,
  use: (buffer: PreparedBuffer) => Promise<T>,
): Promise<T> {
  const gather = gatherPreparation(session.link);
  const prepared = await session.exchange(COMMAND.prepareBuffer, encodeRequest(request), gather, pieceTimeoutMs);
  try {
    return await use(
      'whole' in prepared ? held(prepared.whole, session.link) : remote(session, prepared.size, pieceTimeoutMs),
    );
  } finally {
    // A session that is over has freed its buffer; a refusal means that there was nothing to free.
    await session.ask(COMMAND.freeData).catch(() => undefined);
  }
}

function encodeRequest(request: BufferRequest): Buffer {
  const data = Buffer.alloc(11);
  data.writeUInt8(1, 0);
  data.writeInt16LE(request.command, 1);
  data.writeInt32LE(request.function, 3);
  return data;
}

type Preparation = { whole: Buffer } | { size: number };

function gatherPreparation(link: ZkLink): Gather<Preparation> {
  return ({ command, data }) => {
    if (command === COMMAND.data) return { whole: Buffer.from(data) };
    if (command !== REPLY.ok && command !== COMMAND.prepareData) throw refused(link, COMMAND.prepareBuffer, command);
    if (data.length < 5) return { whole: Buffer.alloc(0) };
    const size = data.readUInt32LE(1);
    if (size > BUFFER_BYTES_MAX) throw broken(link, `a buffer of ${size} bytes`);
    return { size };
  };
}

function held(whole: Buffer, link: ZkLink): PreparedBuffer {
  return {
    size: whole.length,
    read(start, length) {
      const part = whole.subarray(start, start + length);
      return part.length === length ? Promise.resolve(part) : Promise.reject(broken(link, 'less data than promised'));
    },
  };
}

function remote(session: ZkSession, size: number, pieceTimeoutMs: number): PreparedBuffer {
  const pieceBytes = session.link.reliable ? TCP_PIECE_BYTES : UDP_PIECE_BYTES;
  return {
    size,
    async read(start, length) {
      const pieces: Buffer[] = [];
      for (let done = 0; done < length; done += pieceBytes) {
        const wanted = Math.min(pieceBytes, length - done);
        const gather = gatherPiece(session.link, wanted);
        pieces.push(
          await session.exchange(COMMAND.readBuffer, encodeRange(start + done, wanted), gather, pieceTimeoutMs),
        );
      }
      return Buffer.concat(pieces);
    },
  };
}

function encodeRange(start: number, length: number): Buffer {
  const data = Buffer.alloc(8);
  data.writeInt32LE(start, 0);
  data.writeInt32LE(length, 4);
  return data;
}

/** Collects one piece; over TCP an end that comes too early is an error at once, over UDP it may have overtaken the data. */
function gatherPiece(link: ZkLink, wanted: number): Gather<Buffer> {
  const parts: Buffer[] = [];
  let arrived = 0;
  return ({ command, data }) => {
    switch (command) {
      case COMMAND.prepareData:
        if (data.length >= 4 && data.readUInt32LE(0) !== wanted) {
          throw broken(link, `${data.readUInt32LE(0)} bytes announced instead of ${wanted}`);
        }
        return undefined;
      case COMMAND.data:
        parts.push(Buffer.from(data));
        arrived += data.length;
        if (arrived > wanted) throw broken(link, `${arrived} bytes instead of ${wanted}`);
        return arrived === wanted ? Buffer.concat(parts) : undefined;
      case REPLY.ok:
        if (link.reliable) throw broken(link, `an end after ${arrived} of ${wanted} bytes`);
        return undefined;
      default:
        throw refused(link, COMMAND.readBuffer, command);
    }
  };
}

function broken(link: ZkLink, what: string): HallError {
  return new HallError('clock.answer-broken', {
    message: `${link.name} sent ${what}.`,
    facts: { line: link.name },
  });
}
