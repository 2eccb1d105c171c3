/**
 * An opened database: two connections (one writes, one reads, so that reading never waits for an fsync), the ledger, and
 * the files beside it.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import { readBoots, type Boot } from './boot-time.ts';
import { syncDirectory } from './durable-files.ts';
import type { OpenEngine, SqlEngine } from './engine.ts';
import { openHeadMark, type HeadMarkWriter } from './head-mark.ts';
import type { Ledger } from './ledger.ts';
import { PAGE_BYTES, pageBudget, type PageBudget } from './limits.ts';
import { readMeta, writeMeta } from './meta.ts';
import { migrate } from './schema.ts';
import type { TombstoneMaker } from './tombstone.ts';
import { oldestUnsent } from './upkeep.ts';

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

export interface Store {
  readonly writer: SqlEngine;
  readonly reader: SqlEngine;
  readonly ledger: Ledger;
  readonly headMark: HeadMarkWriter;
  readonly boots: Map<number, Boot & { bootId: string }>;
  /** Number of this boot; in `boots` once a row needs it. */
  readonly boot: number;
  readonly quotaBytes: number;
  /** Moves the log into the database file and gives its room back. */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}

export const DATABASE_FILE = 'spool.db';
const HEAD_MARK_FILE = 'spool.head';

/**
 * Opens the database of a directory, or makes one.
 *
 * @throws HallError `spool.from-the-future`; Error of SQLite or of the file system when the disk refuses.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { directory, openEngine, log } = options;
  await mkdir(directory, { recursive: true });
  const file = join(directory, DATABASE_FILE);
  const budget = pageBudget(options.quotaBytes);
  const opened: { close(): Promise<void> }[] = [];
  try {
    const writer = keep(opened, await openEngine(file));
    await configureWriter(writer, budget);
    await migrate(writer, file);
    await syncDirectory(directory);
    const ledger = await readLedger(writer, options, budget);
    const boots = await readBoots(writer);
    const reader = keep(opened, await openEngine(file));
    await reader.exec('PRAGMA query_only = ON');
    const headMark = keep(opened, await openHeadMark(join(directory, HEAD_MARK_FILE), log));
    ledger.oldestUnsentMs = await oldestUnsent(writer, ledger.confirmed, ledger.head);
    return {
      writer,
      reader,
      ledger,
      headMark,
      boots,
      boot: bootNumber(boots, options.clock.bootId),
      quotaBytes: options.quotaBytes,
      checkpoint: () => writer.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
      close: () => closeAll(opened),
    };
  } catch (thrown) {
    await closeAll(opened);
    throw thrown;
  }
}

/** Sets what durability depends on, and makes sure that it took. */
async function configureWriter(engine: SqlEngine, { databasePagesMax, walPages }: PageBudget): Promise<void> {
  await engine.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  await engine.exec('PRAGMA journal_mode = WAL');
  await engine.exec('PRAGMA synchronous = FULL');
  await engine.exec(`PRAGMA wal_autocheckpoint = ${walPages}`);
  await engine.exec(`PRAGMA max_page_count = ${databasePagesMax}`);
  await engine.exec('PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA cache_size = -8000;');
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
