/**
 * One CRC-32 per row. SQLite's own check misses most flipped bits; this one finds them, and it tells a real row from
 * rubbish when a broken file is salvaged page by page.
 */
import * as zlib from 'node:zlib';

/** Between the fields of a row. JSON text has no control characters, and neither has a topic. */
export const FIELD_MARK = '\x1f';

export type Field = string | number | null;

/** CRC-32 (IEEE 802.3) of bytes, or of a text in UTF-8. */
export const crc32: (data: string | Uint8Array) => number =
  // The types promise it; Node before 20.15 and some versions of Deno do not keep that promise.
  typeof (zlib as Partial<typeof zlib>).crc32 === 'function' ? (data) => zlib.crc32(data) : tableCrc32;

/** CRC-32 over a row. `table` is part of it, so that no row passes for one of another table. */
export function rowChecksum(table: 'key' | 'cursor' | 'meta' | 'boot', fields: readonly Field[]): number {
  return crc32(`${table}${FIELD_MARK}${fields.map((field) => field ?? '').join(FIELD_MARK)}`);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** The same by table, for runtimes whose zlib has no `crc32`. */
export function tableCrc32(data: string | Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(data)) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
