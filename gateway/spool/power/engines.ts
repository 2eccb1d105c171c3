/**
 * Engines that sync less than the spool asks for: the controls, which a harness worth its name catches losing events.
 */
import type { OpenEngine, SqlEngine } from '../engine.ts';
import { openSqlite3 } from '../sqlite3-engine.ts';

export type EngineName = 'spool' | 'normal' | 'delete';

export const ENGINES: Record<EngineName, OpenEngine> = {
  spool: openSqlite3,
  normal: careless('PRAGMA synchronous = FULL', 'PRAGMA synchronous = NORMAL', 'PRAGMA synchronous', 2),
  delete: careless('PRAGMA journal_mode = WAL', 'PRAGMA journal_mode = DELETE', 'PRAGMA journal_mode', 'wal'),
};

/** Runs `instead` where `asked` is asked for, and answers `query` as if it had not. */
function careless(asked: string, instead: string, query: string, answer: string | number): OpenEngine {
  return async (file) => {
    const engine = await openSqlite3(file);
    const cheated: SqlEngine = {
      ...engine,
      exec: (sql) => engine.exec(sql === asked ? instead : sql),
      all: async (sql, ...values) => (sql === query ? [{ answer }] : engine.all(sql, ...values)),
    };
    return cheated;
  };
}
