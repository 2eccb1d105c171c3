/**
 * Looks at the cursors of a spool from beside the gateway that runs on it: one read on a connection that cannot write, which
 * in WAL mode keeps nobody waiting.
 */
import { join } from 'node:path';
import type { Json } from '../kernel/json.ts';
import { readCursors } from './cursor-table.ts';
import { openSqlite3ReadOnly } from './sqlite3-engine.ts';
import { DATABASE_FILE } from './store-opening.ts';

/**
 * The cursors of one owner by name, as of this moment.
 *
 * @throws Error with an SQLite result name in `code`: `SQLITE_CANTOPEN` where there is no spool, or none that may be read.
 */
export async function readCursorsBeside(directory: string, owner: string): Promise<Map<string, Json>> {
  const engine = await openSqlite3ReadOnly(join(directory, DATABASE_FILE));
  try {
    return await readCursors(engine, owner);
  } finally {
    await engine.close();
  }
}
