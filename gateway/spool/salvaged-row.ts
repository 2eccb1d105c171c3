/**
 * Tells whose row a row from a broken file is. Its checksum must be right for one of the spool's tables; everything else
 * is rubbish.
 */
import { rowChecksum } from './checksum.ts';
import { cursorChecksum, type CursorRow } from './cursor-table.ts';
import { eventChecksum, type EventRow, type RowClass } from './event-row.ts';
import type { ColumnValue, LeafRow } from './leaf-page.ts';
import { keyChecksum, type KeyRow } from './natural-key.ts';

export type SalvagedRow =
  | { table: 'event'; row: EventRow }
  | { table: 'key'; row: KeyRow }
  | { table: 'cursor'; row: CursorRow }
  | { table: 'boot'; row: { number: number; bootId: string; shiftMs: number | undefined } }
  | { table: 'meta'; row: { name: string; value: string } };

/** The row, or undefined when no table of the spool has written it. */
export function salvagedRow({ rowid, values }: LeafRow): SalvagedRow | undefined {
  const crc = values.at(-1);
  switch (values.length) {
    case 7:
      return eventOf(rowid, values, crc);
    case 6:
      return keyOf(values, crc) ?? cursorOf(values, crc);
    case 4:
      return bootOf(rowid, values, crc);
    case 3:
      return metaOf(values, crc);
    default:
      return undefined;
  }
}

function eventOf(sequence: number, values: ColumnValue[], crc: ColumnValue | undefined): SalvagedRow | undefined {
  const [, rowClass, boot, monotonicMs, topic, body] = values;
  if (typeof topic !== 'string' || typeof body !== 'string' || !isClass(rowClass)) return undefined;
  if (!isNumberOrNull(boot) || !isNumberOrNull(monotonicMs)) return undefined;
  const row: EventRow = { sequence, class: rowClass, boot, monotonicMs, topic, body };
  return eventChecksum(row) === crc ? { table: 'event', row } : undefined;
}

function keyOf(values: ColumnValue[], crc: ColumnValue | undefined): SalvagedRow | undefined {
  const [, source, hash, id, sequence] = values;
  if (typeof source !== 'number' || typeof hash !== 'string') return undefined;
  if (typeof id !== 'string' || typeof sequence !== 'number') return undefined;
  const row: KeyRow = { source, hash, id, sequence };
  return keyChecksum(row) === crc ? { table: 'key', row } : undefined;
}

function cursorOf(values: ColumnValue[], crc: ColumnValue | undefined): SalvagedRow | undefined {
  const [, owner, name, valueText, head] = values;
  if (typeof owner !== 'string' || typeof name !== 'string') return undefined;
  if (typeof valueText !== 'string' || typeof head !== 'number') return undefined;
  const row: CursorRow = { owner, name, valueText, head };
  return cursorChecksum(row) === crc ? { table: 'cursor', row } : undefined;
}

function bootOf(number: number, values: ColumnValue[], crc: ColumnValue | undefined): SalvagedRow | undefined {
  const [, bootId, shift] = values;
  if (typeof bootId !== 'string' || !isNumberOrNull(shift)) return undefined;
  if (rowChecksum('boot', [number, bootId, shift]) !== crc) return undefined;
  return { table: 'boot', row: { number, bootId, shiftMs: shift ?? undefined } };
}

function metaOf(values: ColumnValue[], crc: ColumnValue | undefined): SalvagedRow | undefined {
  const [name, value] = values;
  if (typeof name !== 'string' || typeof value !== 'string') return undefined;
  return rowChecksum('meta', [name, value]) === crc ? { table: 'meta', row: { name, value } } : undefined;
}

function isClass(value: ColumnValue | undefined): value is RowClass {
  return value === 0 || value === 1 || value === 2;
}

function isNumberOrNull(value: ColumnValue | undefined): value is number | null {
  return value === null || typeof value === 'number';
}
