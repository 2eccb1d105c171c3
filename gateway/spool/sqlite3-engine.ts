/**
 * The engine over the npm package `sqlite3`: every call runs on libuv's thread pool, so a slow fsync stops no serial line.
 */
import sqlite3 from 'sqlite3';
import type { OpenEngine, SqlEngine, SqlRow, SqlValue } from './engine.ts';

/** How long a statement waits for the other connection of this process (a checkpoint, a read) before SQLITE_BUSY. */
const BUSY_TIMEOUT_MS = 5_000;

export const openSqlite3: OpenEngine = (file) => open(file, sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE);

/** For another process than the gateway: changes nothing in the file, and makes none. */
export const openSqlite3ReadOnly: OpenEngine = (file) => open(file, sqlite3.OPEN_READONLY);

function open(file: string, mode: number): Promise<SqlEngine> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, mode, (error) => {
      if (error) {
        reject(error);
        return;
      }
      database.configure('busyTimeout', BUSY_TIMEOUT_MS);
      resolve(engineOver(database));
    });
    // What the callbacks have reported arrives here a second time, and an `error` event without a listener ends Node.
    database.on('error', () => undefined);
  });
}

function engineOver(database: sqlite3.Database): SqlEngine {
  const statements = new Map<string, Promise<sqlite3.Statement>>();
  const prepared = (sql: string) => {
    const known = statements.get(sql);
    if (known) return known;
    const fresh = prepare(database, sql);
    statements.set(sql, fresh);
    // A statement that could not be prepared (the table is not there yet, the disk failed) is tried again next time.
    fresh.catch(() => statements.delete(sql));
    return fresh;
  };
  return {
    exec: (sql) => settled((done) => database.exec(sql, done)),
    async run(sql, ...values) {
      const statement = await prepared(sql);
      return new Promise((resolve, reject) => {
        statement.run(values, function (this: sqlite3.RunResult, error: Error | null) {
          if (error) reject(error);
          else resolve(this.changes);
        });
      });
    },
    async all(sql, ...values) {
      const statement = await prepared(sql);
      return rowsOf(statement, values);
    },
    async close() {
      for (const statement of await Promise.allSettled(statements.values())) {
        if (statement.status === 'fulfilled') statement.value.finalize();
      }
      statements.clear();
      await settled((done) => database.close(done));
    },
  };
}

function prepare(database: sqlite3.Database, sql: string): Promise<sqlite3.Statement> {
  return new Promise((resolve, reject) => {
    const statement = database.prepare(sql, (error: Error | null) => {
      if (error) reject(error);
      else resolve(statement);
    });
    statement.on('error', () => undefined);
  });
}

function rowsOf(statement: sqlite3.Statement, values: SqlValue[]): Promise<SqlRow[]> {
  return new Promise((resolve, reject) => {
    statement.all<SqlRow>(values, (error, rows) => {
      // `all` steps to the end, which resets the statement: no read transaction is left open.
      if (error) reject(error);
      else resolve(rows);
    });
  });
}

function settled(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
