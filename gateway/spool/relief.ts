/**
 * What can be done when a commit was refused: make room, or open the file afresh.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { HallError } from '../kernel/errors.ts';
import { sqlCodeOf } from './engine.ts';
import { commitGroup } from './group-commit.ts';
import type { KeyRetention } from './natural-key.ts';
import { dropOldestTelemetry, measurePages, pagesExhausted } from './quota.ts';
import type { Reserve } from './reserve.ts';
import type { Store } from './store.ts';
import type { TombstoneMaker } from './tombstone.ts';
import { isCorruption, isFull, troubleOf } from './trouble.ts';
import { upkeepDue } from './upkeep.ts';

/** An I/O error may leave SQLite unsure of its own files: after so many in a row they are opened afresh. */
const FAILURES_BEFORE_REOPEN = 5;

export interface Relief {
  /** `again`: try at once; `later`: wait; `reopen`: close the file and open it afresh. */
  next: 'again' | 'later' | 'reopen';
  trouble: HallError | undefined;
}

export interface ReliefOptions {
  store: Store;
  directory: string;
  reserve: Reserve;
  /** What the centre has confirmed. */
  confirm: number;
  failuresInARow: number;
  keys: KeyRetention;
  mark: TombstoneMaker;
}

export async function relieve(thrown: unknown, options: ReliefOptions): Promise<Relief> {
  const trouble = troubleOf(thrown, options.directory);
  if (isCorruption(thrown) || sqlCodeOf(thrown) === 'SQLITE_CONSTRAINT') return { next: 'reopen', trouble };
  if (trouble.code === 'spool.read-only') {
    // A file that was opened while the disk was read-only stays so for SQLite, also when the disk is mended.
    return { next: (await takesWrites(options.directory)) ? 'reopen' : 'later', trouble };
  }
  if (!isFull(thrown)) {
    const reopen = trouble.code === 'spool.disk-failing' && options.failuresInARow % FAILURES_BEFORE_REOPEN === 0;
    return { next: reopen ? 'reopen' : 'later', trouble };
  }
  const exhausted = await pagesExhausted(options.store.writer, options.store.ledger).catch(() => false);
  return exhausted
    ? await relieveFullQuota(options)
    : { next: 'later', trouble: await relieveFullDisk(trouble, options) };
}

async function takesWrites(directory: string): Promise<boolean> {
  return access(directory, constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function relieveFullQuota({ store, confirm, keys, mark }: ReliefOptions): Promise<Relief> {
  const freed = await confirmedLeave(store, confirm, keys);
  const dropped = freed ? 0 : await telemetryLeaves(store, mark);
  await measurePages(store);
  if (freed || dropped > 0) return { next: 'again', trouble: undefined };
  const { depth, quotaBytes } = { depth: store.ledger.head - store.ledger.confirmed, quotaBytes: store.quotaBytes };
  const message = `The spool holds ${depth} events that the centre has not confirmed; its ${quotaBytes} bytes are full.`;
  return { next: 'later', trouble: new HallError('spool.quota-full', { message, facts: { depth, quotaBytes } }) };
}

async function telemetryLeaves(store: Store, mark: TombstoneMaker): Promise<number> {
  let dropped = 0;
  while (dropped === 0 && store.ledger.telemetrySearchedThrough < store.ledger.head) {
    dropped = await dropOldestTelemetry(store, mark);
  }
  return dropped;
}

/** True when confirmed rows have left. */
async function confirmedLeave(store: Store, confirm: number, keys: KeyRetention): Promise<boolean> {
  if (!upkeepDue(store.ledger, confirm)) return false;
  await commitGroup(store, { batch: undefined, confirm }, keys);
  return true;
}

async function relieveFullDisk(
  trouble: HallError,
  { store, reserve, confirm, keys }: ReliefOptions,
): Promise<HallError> {
  await reserve.release();
  try {
    while (await confirmedLeave(store, confirm, keys));
    // Gives the log's room back to the disk: what was deleted makes room inside the database file.
    await store.checkpoint();
  } catch (thrown) {
    if (!isFull(thrown)) throw thrown;
  }
  await reserve.restore();
  return trouble;
}
