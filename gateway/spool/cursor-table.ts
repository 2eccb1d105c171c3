/**
 * How far each device's own log has been read. A cursor is written in the transaction of the events that it covers.
 */
import type { Json } from '../kernel/json.ts';
import { rowChecksum } from './checksum.ts';
import type { SqlEngine, SqlRow } from './engine.ts';

export interface CursorWrite {
  owner: string;
  name: string;
  /** JSON text, or null to remove the cursor. */
  valueText: string | null;
}

export interface CursorRow {
  owner: string;
  name: string;
  valueText: string;
  /** Newest sequence when it was written: of two versions in a broken file the later one counts. */
  head: number;
}

export function cursorChecksum({ owner, name, valueText, head }: CursorRow): number {
  return rowChecksum('cursor', [owner, name, valueText, head]);
}

/** Writes cursors in order, so that the last of one name stays. */
export async function writeCursors(engine: SqlEngine, cursors: readonly CursorWrite[], head: number): Promise<void> {
  for (const { owner, name, valueText } of lastOfEach(cursors)) {
    if (valueText === null) await engine.run('DELETE FROM cursor WHERE owner = ?1 AND name = ?2', owner, name);
    else await upsertCursor(engine, { owner, name, valueText, head });
  }
}

function lastOfEach(cursors: readonly CursorWrite[]): Iterable<CursorWrite> {
  return new Map(cursors.map((cursor) => [JSON.stringify([cursor.owner, cursor.name]), cursor])).values();
}

async function upsertCursor(engine: SqlEngine, cursor: CursorRow): Promise<void> {
  await engine.run(
    `INSERT INTO cursor (owner, name, value, head, crc) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (owner, name) DO UPDATE SET value = ?3, head = ?4, crc = ?5`,
    cursor.owner,
    cursor.name,
    cursor.valueText,
    cursor.head,
    cursorChecksum(cursor),
  );
}

/** The cursors of one owner by name. A damaged one counts as absent: the device's log is read again from its beginning. */
export async function readCursors(engine: SqlEngine, owner: string): Promise<Map<string, Json>> {
  const rows = await engine.all('SELECT name, value, head, crc FROM cursor WHERE owner = ?1', owner);
  return soundCursors(rows, owner);
}

/** One of them; no other is looked at, for a device may keep thousands. */
export async function readCursor(engine: SqlEngine, owner: string, name: string): Promise<Json | undefined> {
  const rows = await engine.all(
    'SELECT name, value, head, crc FROM cursor WHERE owner = ?1 AND name = ?2',
    owner,
    name,
  );
  return soundCursors(rows, owner).get(name);
}

function soundCursors(rows: readonly SqlRow[], owner: string): Map<string, Json> {
  const cursors = new Map<string, Json>();
  for (const row of rows) {
    const name = String(row['name']);
    const valueText = String(row['value']);
    const expected = cursorChecksum({ owner, name, valueText, head: Number(row['head']) });
    if (row['crc'] === expected) cursors.set(name, JSON.parse(valueText) as Json);
  }
  return cursors;
}
