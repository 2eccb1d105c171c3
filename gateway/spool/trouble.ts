/**
 * What keeps the spool from committing: told once when it comes, changes or goes, not at every try.
 */
import { describeError, HallError, isHallError, textOf } from '../kernel/errors.ts';
import type { ErrorCode } from '../kernel/error-table.ts';
import type { Log } from '../kernel/log.ts';
import { sqlCodeOf } from './engine.ts';

export interface Trouble {
  readonly current: HallError | undefined;
  enter(error: HallError): void;
  leave(): void;
}

/** Keeps the current trouble; `changed` is called at each transition. */
export function troubleKeeper(log: Log, changed: () => void): Trouble {
  let current: HallError | undefined;
  return {
    get current() {
      return current;
    },
    enter(error) {
      if (current?.code === error.code) return;
      current = error;
      log.error('spool.trouble', error);
      changed();
    },
    leave() {
      if (!current) return;
      log.info('spool.well', { after: describeError(current)['code'] });
      current = undefined;
      changed();
    },
  };
}

/** True when the file itself is broken: it has to be set aside and salvaged. */
export function isCorruption(thrown: unknown): boolean {
  if (isHallError(thrown)) return thrown.code === 'spool.corrupt';
  const code = sqlCodeOf(thrown);
  return code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB';
}

export function isFull(thrown: unknown): boolean {
  if (isHallError(thrown)) return thrown.code === 'spool.disk-full';
  return sqlCodeOf(thrown) === 'SQLITE_FULL' || systemCodeOf(thrown) === 'ENOSPC';
}

/** True when trying again cannot help and a person must act before the gateway may run at all. */
export function isRefusal(thrown: unknown): boolean {
  return isHallError(thrown) && (thrown.code === 'spool.from-the-future' || thrown.code === 'spool.in-use');
}

/** Any failure of the disk as the trouble that a technician reads. */
export function troubleOf(thrown: unknown, directory: string): HallError {
  if (isHallError(thrown)) return thrown;
  const code = diskCodeOf(thrown);
  return new HallError(code, {
    message: `The spool in ${directory} cannot commit: ${textOf(thrown)}.`,
    cause: thrown,
    facts: { directory, sql: sqlCodeOf(thrown), system: systemCodeOf(thrown) },
  });
}

function diskCodeOf(thrown: unknown): ErrorCode {
  if (isFull(thrown)) return 'spool.disk-full';
  if (sqlCodeOf(thrown) === 'SQLITE_READONLY' || systemCodeOf(thrown) === 'EROFS') return 'spool.read-only';
  if (isCorruption(thrown)) return 'spool.corrupt';
  return 'spool.disk-failing';
}

function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  return thrown.code.startsWith('SQLITE_') ? undefined : thrown.code;
}

/** Anything thrown as an Error, with its code if it has one. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
