/**
 * Opens the database of a directory: locks it, salvages what is broken, sets what durability depends on, and brings back
 * what the log lost.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import { readBoots } from './boot-time.ts';
import { syncDirectory } from './durable-files.ts';
import { lockDirectory, type DirectoryLock } from './directory-lock.ts';
import type { OpenEngine, SqlEngine } from './engine.ts';
import { openHeadMark, readHeadMark } from './head-mark.ts';
import type { Ledger } from './ledger.ts';
import { PAGE_BYTES, pageBudget, type PageBudget } from './limits.ts';
import { readMeta, writeMeta } from './meta.ts';
import { openPages } from './page-source.ts';
import { finishSalvage, salvage, type SalvageReport } from './salvage.ts';
import { migrate } from './schema.ts';
import type { Store } from './store.ts';
import { rescueTail } from './tail-rescue.ts';
import type { TombstoneMaker } from './tombstone.ts';
import { isCorruption } from './trouble.ts';
import { oldestUnsent } from './upkeep.ts';
import { readLostTail } from './wal-log.ts';

export interface StoreOptions {
  directory: string;
  place: Place;
  clock: Clock;
  log: Log;
  openEngine: OpenEngine;
  quotaBytes: number;
  nextId: () => string;
  mark: TombstoneMaker;
}

export const DATABASE_FILE = 'spool.db';
const HEAD_MARK_FILE = 'spool.head';
/** SQLite's own measure. Rows are written at one end and read at the other; a larger cache only fills, page by page, through the day. */
const CACHE_KIB = 2_000;

/**
 * Opens the database of a directory, or makes one. One that does not open is salvaged first, and so is one that is known
 * to be broken.
 *
 * @throws HallError `spool.from-the-future`, `spool.in-use`; Error of SQLite or of the file system when the disk refuses.
 */
export async function openStore(options: StoreOptions, knownBroken = false): Promise<Store> {
  const { directory, log } = options;
  const file = join(directory, DATABASE_FILE);
  await mkdir(directory, { recursive: true });
  const lock = await lockDirectory(directory, options.openEngine);
  try {
    await finishSalvage(file, log);
    if (knownBroken) return await salvageAndOpen(file, lock, options);
    return await openOnce(file, lock, options, undefined).catch((thrown: unknown) => {
      if (!isCorruption(thrown)) throw thrown;
      log.error('spool.broken', thrown, { file });
      return salvageAndOpen(file, lock, options);
    });
  } catch (thrown) {
    await lock.close();
    throw thrown;
  }
}

async function salvageAndOpen(file: string, lock: DirectoryLock, options: StoreOptions): Promise<Store> {
  return openOnce(file, lock, options, await salvageFile(file, options));
}

async function openOnce(
  file: string,
  lock: DirectoryLock,
  options: StoreOptions,
  salvaged: SalvageReport | undefined,
): Promise<Store> {
  const { directory, log, openEngine } = options;
  const budget = pageBudget(options.quotaBytes);
  const opened: { close(): Promise<void> }[] = [];
  try {
    // Before SQLite sees the log: it would write over what it does not see.
    const tail = await readLostTail(`${file}-wal`);
    const writer = keep(opened, await openEngine(file));
    await configureWriter(writer, budget);
    await migrate(writer, file);
    await syncDirectory(directory);
    const ledger = await readLedger(writer, options, budget);
    const boots = await readBoots(writer);
    const reader = keep(opened, await openEngine(file));
    await reader.exec('PRAGMA query_only = ON');
    const markFile = join(directory, HEAD_MARK_FILE);
    const mark = await readHeadMark(markFile);
    const headMark = keep(opened, await openHeadMark(markFile, log));
    const store: Store = {
      writer,
      reader,
      ledger,
      headMark,
      boots,
      boot: bootNumber(boots, options.clock.bootId),
      quotaBytes: options.quotaBytes,
      salvaged,
      checkpoint: () => writer.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
      close: async () => {
        await closeAll(opened);
        await closeAll([lock]);
      },
    };
    await rescueTail(store, tail, mark, options.mark, log);
    ledger.oldestUnsentMs = await oldestUnsent(writer, ledger.confirmed, ledger.head);
    return store;
  } catch (thrown) {
    await closeAll(opened);
    throw thrown;
  }
}

function salvageFile(
  file: string,
  { log, nextId, clock, openEngine, quotaBytes }: StoreOptions,
): Promise<SalvageReport> {
  return salvage({
    file,
    log,
    nextId,
    nowMs: clock.now(),
    openPages,
    async fill(fresh, work) {
      const engine = await openEngine(fresh);
      try {
        await configureWriter(engine, pageBudget(quotaBytes));
        await migrate(engine, fresh);
        // Nobody relies on this file before it is complete, and then it is synced as a whole.
        await engine.exec('PRAGMA synchronous = OFF');
        const report = await work(engine);
        await engine.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        return report;
      } finally {
        await engine.close();
      }
    },
  });
}

/** Sets what durability depends on, and makes sure that it took. */
async function configureWriter(engine: SqlEngine, { databasePagesMax, walPages }: PageBudget): Promise<void> {
  await engine.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  await engine.exec('PRAGMA journal_mode = WAL');
  await engine.exec('PRAGMA synchronous = FULL');
  await engine.exec(`PRAGMA wal_autocheckpoint = ${walPages}`);
  await engine.exec(`PRAGMA max_page_count = ${databasePagesMax}`);
  await engine.exec(`PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA cache_size = -${CACHE_KIB}`);
  await expectPragma(engine, 'journal_mode', 'wal');
  await expectPragma(engine, 'synchronous', 2);
  await expectPragma(engine, 'page_size', PAGE_BYTES);
}

async function expectPragma(engine: SqlEngine, name: string, expected: string | number): Promise<void> {
  const [row] = await engine.all(`PRAGMA ${name}`);
  const found = Object.values(row ?? {})[0];
  if (found === expected) return;
  throw new HallError('spool.disk-failing', {
    message: `SQLite runs with ${name} = ${String(found)} instead of ${expected}: this file system cannot hold the spool.`,
    facts: { pragma: name, found: String(found), expected },
  });
}

async function readLedger(engine: SqlEngine, options: StoreOptions, budget: PageBudget): Promise<Ledger> {
  const meta = await readMeta(engine);
  const [row] = await engine.all(
    'SELECT (SELECT min(sequence) FROM event) AS first, (SELECT max(sequence) FROM event) AS last',
  );
  const first = row?.['first'] as number | null;
  const last = row?.['last'] as number | null;
  const confirmed = Number(meta.get('confirmed') ?? 0);
  const head = Math.max(confirmed, last ?? 0);
  return {
    epoch: meta.get('epoch') ?? (await beginEpoch(engine, options, head)),
    head,
    confirmed,
    deletedThrough: first === null ? head : Math.min(first - 1, confirmed),
    readThrough: 0,
    lost: Number(meta.get('lost') ?? 0),
    oldestUnsentMs: undefined,
    drops: 0,
    dropping: undefined,
    telemetrySearchedThrough: 0,
    pagesUsed: 0,
    pagesMax: budget.databasePagesMax,
    quotaStep: 0,
  };
}

async function beginEpoch(engine: SqlEngine, { nextId }: StoreOptions, head: number): Promise<string> {
  if (head > 0) throw new HallError('spool.corrupt', { message: 'The spool has events but no epoch.' });
  const epoch = nextId();
  await writeMeta(engine, 'epoch', epoch);
  return epoch;
}

function bootNumber(boots: ReadonlyMap<number, { bootId: string }>, bootId: string): number {
  for (const [number, boot] of boots) if (boot.bootId === bootId) return number;
  return Math.max(0, ...boots.keys()) + 1;
}

function keep<T extends { close(): Promise<void> }>(opened: { close(): Promise<void> }[], resource: T): T {
  opened.push(resource);
  return resource;
}

/** In reverse order; one that fails does not keep the others open. */
async function closeAll(opened: { close(): Promise<void> }[]): Promise<void> {
  for (const resource of opened.splice(0).reverse()) await resource.close().catch(() => undefined);
}
