/**
 * Reads the user table for names. Users yes, templates never: there is no command for them in this driver.
 */
import { USERS, withBuffer } from './zk-bulk-read.ts';
import type { ZkSession } from './zk-session.ts';
import type { NameEncoding } from './name-text.ts';
import { decodeUser, findUserSize, type ClockUser } from './zk-users.ts';

/** The data set begins with its own length as u32. */
const LENGTH_BYTES = 4;

/** Everybody enrolled; an empty list from a clock whose table has no known layout, because names are a courtesy. */
export function readUsers(
  session: ZkSession,
  pieceTimeoutMs: number,
  encoding: NameEncoding,
  count: number | undefined,
): Promise<ClockUser[]> {
  return withBuffer(session, USERS, pieceTimeoutMs, async (buffer) => {
    if (buffer.size <= LENGTH_BYTES) return [];
    const data = await buffer.read(0, buffer.size);
    const bytes = data.subarray(LENGTH_BYTES);
    const size = findUserSize(bytes, count ? bytes.length / count : undefined);
    if (!size) return [];
    return Array.from({ length: bytes.length / size }, (_, index) =>
      decodeUser(size, bytes.subarray(index * size, (index + 1) * size), encoding),
    );
  });
}
