/**
 * Reads rows out of an SQLite table leaf page without SQLite ("Database File Format", sections 1.6 and 2.1,
 * https://www.sqlite.org/fileformat2.html). What does not add up is skipped: the rows' own checksums decide what is real.
 *
 *   page:   [0] type 0x0d  [3..4] number of cells  [8..] cell pointers, 2 bytes each; page 1 begins with 100 other bytes
 *   cell:   varint bytes of payload, varint rowid, payload, [4 bytes first overflow page]
 *   record: varint bytes of header, varint type of each column, then the columns
 */
import { PAGE_BYTES } from './limits.ts';

export type ColumnValue = string | number | null;

export interface LeafRow {
  rowid: number;
  values: ColumnValue[];
}

const TABLE_LEAF = 0x0d;
const FILE_HEADER_BYTES = 100;
const LEAF_HEADER_BYTES = 8;
/** A payload beyond this goes on in overflow pages. */
const LOCAL_BYTES_MAX = PAGE_BYTES - 35;
const LOCAL_BYTES_MIN = Math.floor(((PAGE_BYTES - 12) * 32) / 255) - 23;
const OVERFLOW_BYTES = PAGE_BYTES - 4;
/** No row of the spool is larger; a damaged length must not make us read the whole file. */
const PAYLOAD_BYTES_MAX = 8 * 1024 * 1024;

/** Rows of a page, in the order of its cell pointers. `pageAt` gives overflow pages by number. */
export function leafRows(page: Buffer, isFirst: boolean, pageAt: (number: number) => Buffer | undefined): LeafRow[] {
  const start = isFirst ? FILE_HEADER_BYTES : 0;
  if (page.length !== PAGE_BYTES || page[start] !== TABLE_LEAF) return [];
  const cells = Math.min(page.readUInt16BE(start + 3), Math.floor((PAGE_BYTES - start - LEAF_HEADER_BYTES) / 2));
  const rows: LeafRow[] = [];
  for (let cell = 0; cell < cells; cell += 1) {
    const row = rowAt(page, page.readUInt16BE(start + LEAF_HEADER_BYTES + cell * 2), pageAt);
    if (row) rows.push(row);
  }
  return rows;
}

function rowAt(page: Buffer, offset: number, pageAt: (number: number) => Buffer | undefined): LeafRow | undefined {
  try {
    const size = varint(page, offset);
    const rowid = varint(page, size.next);
    const payload = payloadAt(page, rowid.next, size.value, pageAt);
    return payload && { rowid: rowid.value, values: recordValues(payload) };
  } catch (thrown) {
    // An offset outside the page: the page is damaged here.
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function payloadAt(
  page: Buffer,
  offset: number,
  bytes: number,
  pageAt: (number: number) => Buffer | undefined,
): Buffer | undefined {
  if (bytes > PAYLOAD_BYTES_MAX) return undefined;
  const local = localBytes(bytes);
  if (offset + local > PAGE_BYTES) return undefined;
  const parts = [page.subarray(offset, offset + local)];
  if (local === bytes) return parts[0];
  let left = bytes - local;
  let next = page.readUInt32BE(offset + local);
  while (left > 0) {
    const overflow = pageAt(next);
    if (overflow?.length !== PAGE_BYTES) return undefined;
    parts.push(overflow.subarray(4, 4 + Math.min(left, OVERFLOW_BYTES)));
    next = overflow.readUInt32BE(0);
    left -= OVERFLOW_BYTES;
  }
  return Buffer.concat(parts);
}

function localBytes(bytes: number): number {
  if (bytes <= LOCAL_BYTES_MAX) return bytes;
  const fitting = LOCAL_BYTES_MIN + ((bytes - LOCAL_BYTES_MIN) % OVERFLOW_BYTES);
  return fitting <= LOCAL_BYTES_MAX ? fitting : LOCAL_BYTES_MIN;
}

function recordValues(payload: Buffer): ColumnValue[] {
  const header = varint(payload, 0);
  const values: ColumnValue[] = [];
  let at = header.next;
  let body = header.value;
  while (at < header.value) {
    const type = varint(payload, at);
    at = type.next;
    const column = columnAt(payload, body, type.value);
    values.push(column.value);
    body += column.bytes;
  }
  return values;
}

/** Bytes of the integer types 1 to 6. */
const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8];

function columnAt(payload: Buffer, offset: number, type: number): { value: ColumnValue; bytes: number } {
  if (type === 8 || type === 9) return { value: type - 8, bytes: 0 };
  if (type === 7) return { value: payload.readDoubleBE(offset), bytes: 8 };
  const integerBytes = INTEGER_BYTES[type];
  if (integerBytes !== undefined) return { value: integerAt(payload, offset, integerBytes), bytes: integerBytes };
  const bytes = Math.max(0, Math.floor((type - 12) / 2));
  if (offset + bytes > payload.length) throw new RangeError('a column ends behind its record');
  return { value: payload.toString('utf8', offset, offset + bytes), bytes };
}

function integerAt(payload: Buffer, offset: number, bytes: number): number | null {
  if (bytes === 0) return null;
  return bytes === 8 ? Number(payload.readBigInt64BE(offset)) : payload.readIntBE(offset, bytes);
}

/** SQLite's variable-length integer: seven bits a byte, high ones first; a ninth byte gives all its eight. */
function varint(bytes: Buffer, offset: number): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes.readUInt8(offset + index);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: offset + index + 1 };
  }
  return { value: value * 256 + bytes.readUInt8(offset + 8), next: offset + 9 };
}
