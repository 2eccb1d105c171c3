/**
 * One gateway a folder: two would give out the same sequences. The lock is SQLite's own on an empty file, so the kernel
 * gives it back when the process dies, whatever it died of.
 */
import { join } from 'node:path';
import { HallError } from '../kernel/errors.ts';
import { sqlCodeOf, type OpenEngine } from './engine.ts';

export interface DirectoryLock {
  close(): Promise<void>;
}

const LOCK_FILE = 'spool.lock';

/**
 * @throws HallError `spool.in-use` when another process, or another spool of this one, has the folder.
 */
export async function lockDirectory(directory: string, openEngine: OpenEngine): Promise<DirectoryLock> {
  const engine = await openEngine(join(directory, LOCK_FILE));
  try {
    await engine.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return engine;
  } catch (thrown) {
    await engine.close();
    if (sqlCodeOf(thrown) !== 'SQLITE_BUSY') throw thrown;
    throw new HallError('spool.in-use', { message: `Another gateway uses the spool in ${directory}.`, cause: thrown });
  }
}
