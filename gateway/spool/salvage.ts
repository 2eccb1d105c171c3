/**
 * A file that SQLite cannot read is set aside, and what is sound in it begins a new epoch.
 *
 * The pages are read one by one, in the database and in its log, without SQLite; a row whose checksum is right is real.
 * Events keep their id, source and time and get new sequences, in the old order. Pages that SQLite has freed still show
 * rows that the centre confirmed long ago: the confirmed mark tells them apart.
 *
 * The new file is complete before the old one is touched:
 *   1. spool.db.new is filled and synced   2. spool.db becomes spool.db.broken-<time>, then its log
 *   3. spool.db.new becomes spool.db
 * A cut between 2 and 3 leaves no spool.db, and the next start goes on with 3 (`finishSalvage`).
 */
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Envelope } from '../kernel/event.ts';
import { renderEnvelope } from '../kernel/envelope.ts';
import type { Log } from '../kernel/log.ts';
import { syncDirectory } from './durable-files.ts';
import type { SqlEngine } from './engine.ts';
import { transaction } from './engine.ts';
import { INSERT_EVENTS, insertParameter, TOMBSTONE_ROW, type EventRow } from './event-row.ts';
import { writeMeta } from './meta.ts';
import { scanPages, type PageSource, type SurveyOf } from './salvage-survey.ts';

export interface SalvageReport {
  /** Where the broken file lies now. */
  brokenFile: string;
  /** Events that begin the new epoch. */
  events: number;
  /** Sequences of the old epoch between the confirmed mark and the newest row for which no row was found. */
  missing: number;
  keys: number;
  cursors: number;
  previousEpoch: string;
  /** Up to here the old epoch was confirmed. */
  confirmed: number;
}

export interface SalvageOptions {
  /** The broken database. */
  file: string;
  log: Log;
  nextId: () => string;
  nowMs: number;
  /** Opens a fresh database with tables, and closes it again after the work. */
  fill(file: string, work: (engine: SqlEngine) => Promise<SalvageReport>): Promise<SalvageReport>;
  openPages(file: string): Promise<PageSource>;
}

const NEW_SUFFIX = '.new';
/** Rows that go into the new file at once. */
const BATCH_ROWS = 500;
/** One line in the log for so many rows. */
const PROGRESS_ROWS = 50_000;

/** Salvages `file` and puts the new one in its place. */
export async function salvage(options: SalvageOptions): Promise<SalvageReport> {
  const { file, log } = options;
  const fresh = file + NEW_SUFFIX;
  log.warn('spool.salvage-begins', { file });
  await removeDatabase(fresh);
  const pages = await options.openPages(file);
  try {
    const report = await options.fill(fresh, (engine) => fillFrom(pages, engine, options));
    await syncFile(fresh);
    await putInPlace(file, report.brokenFile);
    const { events, missing, keys, cursors, previousEpoch } = report;
    log.warn('spool.salvaged', { brokenFile: report.brokenFile, events, missing, keys, cursors, previousEpoch });
    return report;
  } finally {
    pages.close();
  }
}

/** Takes up a salvage that was cut between setting the broken file aside and putting the new one in its place. */
export async function finishSalvage(file: string, log: Log): Promise<void> {
  const fresh = file + NEW_SUFFIX;
  if (!(await exists(fresh))) return;
  if (await exists(file)) return removeDatabase(fresh);
  const broken = (await readdir(dirname(file))).filter((name) => name.startsWith(`${basename(file)}.broken-`)).sort();
  await putInPlace(file, join(dirname(file), broken.at(-1) ?? `${basename(file)}.broken-unknown`));
  log.warn('spool.salvage-finished', { file });
}

async function putInPlace(file: string, brokenFile: string): Promise<void> {
  await renameIfThere(file, brokenFile);
  await renameIfThere(`${file}-wal`, `${brokenFile}-wal`);
  await rm(`${file}-shm`, { force: true });
  await syncDirectory(dirname(file));
  await rename(file + NEW_SUFFIX, file);
  await syncDirectory(dirname(file));
}

async function fillFrom(pages: PageSource, engine: SqlEngine, options: SalvageOptions): Promise<SalvageReport> {
  const epoch = options.nextId();
  const survey = await scanPages(pages, engine, options.log);
  await writeMeta(engine, 'epoch', epoch);
  const events = await copyEvents(survey, engine, epoch, options.log);
  const { confirmed, newest, keys, cursors, previousEpoch } = survey;
  const when = new Date(options.nowMs).toISOString().replaceAll(':', '');
  const brokenFile = `${options.file}.broken-${when}`;
  return {
    brokenFile,
    events,
    missing: Math.max(0, newest - confirmed - events),
    keys,
    cursors,
    previousEpoch,
    confirmed,
  };
}

async function copyEvents(survey: SurveyOf, engine: SqlEngine, epoch: string, log: Log): Promise<number> {
  let sequence = 0;
  let batch: EventRow[] = [];
  const flush = async () => {
    await transaction(engine, () => engine.run(INSERT_EVENTS, insertParameter(batch)));
    batch = [];
  };
  for (const row of survey.events()) {
    // A tombstone of the old epoch means nothing in the new one; its range is part of what is missing.
    if (row.class === TOMBSTONE_ROW) continue;
    sequence += 1;
    batch.push({ ...row, sequence, body: bodyIn(epoch, sequence, row.body) });
    if (batch.length >= BATCH_ROWS) await flush();
    if (sequence % PROGRESS_ROWS === 0) log.info('spool.salvage-progress', { events: sequence });
  }
  if (batch.length > 0) await flush();
  return sequence;
}

/** The envelope with its place in the new epoch; id, source, times and data stay. */
function bodyIn(epoch: string, sequence: number, body: string): string {
  const { id, source, type, time, recordedtime, clock, data } = JSON.parse(body) as Envelope;
  const dataText = JSON.stringify(data);
  const timeMs = Date.parse(time);
  return renderEnvelope({
    id,
    source,
    type,
    timeMs,
    recordedMs: Date.parse(recordedtime),
    sequence,
    epoch,
    clock,
    dataText,
  });
}

async function removeDatabase(file: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(file + suffix, { force: true });
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function renameIfThere(from: string, to: string): Promise<void> {
  if (await exists(from)) await rename(from, to);
}
