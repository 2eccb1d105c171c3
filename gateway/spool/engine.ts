/**
 * All that the spool asks of an SQL library. `sqlite3` stands behind it today; `node:sqlite` can be the second engine.
 */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/** One connection. Calls are carried out in the order in which they are made; none blocks the event loop on the disk. */
export interface SqlEngine {
  /** Runs statements that have neither parameters nor results. */
  exec(sql: string): Promise<void>;
  /** Runs one statement, prepared once and kept; resolves with the number of rows changed. */
  run(sql: string, ...values: SqlValue[]): Promise<number>;
  /** Runs one query, prepared once and kept. */
  all(sql: string, ...values: SqlValue[]): Promise<SqlRow[]>;
  close(): Promise<void>;
}

/**
 * Opens or creates a database file.
 *
 * @throws Error with an SQLite result name in `code`, as every call of the engine does.
 */
export type OpenEngine = (file: string) => Promise<SqlEngine>;

/** SQLite's name of what went wrong (`SQLITE_FULL`), or undefined when it was not SQLite that failed. */
export function sqlCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  return thrown.code.startsWith('SQLITE_') ? thrown.code : undefined;
}

/** Runs `work` between BEGIN and COMMIT; anything thrown rolls back and is thrown on. */
export async function transaction<T>(engine: SqlEngine, work: () => Promise<T>): Promise<T> {
  await engine.exec('BEGIN IMMEDIATE');
  try {
    const result = await work();
    await engine.exec('COMMIT');
    return result;
  } catch (thrown) {
    // SQLite has rolled back by itself after a full disk or an I/O error; then this one has nothing to do and says so.
    await engine.exec('ROLLBACK').catch(() => undefined);
    throw thrown;
  }
}
