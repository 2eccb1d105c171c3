/**
 * Reading in sequence order on a connection of its own. Every row is checked; what is damaged or missing is first made
 * good by the writer (a tombstone takes its place) and then read again.
 */
import { HallError } from '../kernel/errors.ts';
import type { Place } from '../kernel/names.ts';
import { correctedBody } from './boot-time.ts';
import type { SqlEngine } from './engine.ts';
import { READ_LAST, READ_PACKED, splitPacked, unpackRow, type EventRow } from './event-row.ts';
import type { ReadRange, StoredEvent } from './port.ts';
import type { Store } from './store.ts';
import { errorOf } from './trouble.ts';
import { cutTombstone, lostEvent, tombstoneOf, tombstoneRow } from './tombstone.ts';

/** One answer of the database, however much was asked for. */
const ROWS_MAX = 2_000;
/** A chunk that is still damaged after so many repairs is a matter for salvage. */
const REPAIRS_MAX = 3;

export interface ReaderOptions {
  place: Place;
  /** Rows from here on are held back; Infinity when none are. */
  heldFrom(): number;
  /** Examines a range and puts tombstones where rows are damaged or missing. */
  repair(from: number, through: number): Promise<void>;
  /** Reading failed. */
  broken(error: Error): Promise<void>;
}

/**
 * Reads rows above `range.after` that are not confirmed yet. Nothing is readable while the disk refuses; the spool's
 * listeners are called when that is over.
 */
export async function readEvents(
  store: Store | undefined,
  range: ReadRange,
  options: ReaderOptions,
): Promise<StoredEvent[]> {
  if (!store) return [];
  try {
    return await readAndRepair(store, range, options);
  } catch (thrown) {
    // The writer meets the same disk, says what is wrong with it, and opens the file afresh if it is broken.
    await options.broken(errorOf(thrown)).catch(() => undefined);
    return [];
  }
}

async function readAndRepair(store: Store, range: ReadRange, options: ReaderOptions): Promise<StoredEvent[]> {
  const { ledger } = store;
  for (let repairs = 0; repairs <= REPAIRS_MAX;) {
    await ledger.dropping?.catch(() => undefined);
    const { drops } = ledger;
    const after = Math.max(range.after, ledger.confirmed);
    const through = Math.min(ledger.head, options.heldFrom() - 1);
    if (after >= through || range.rowsMax < 1) return [];
    const rows = await soundRows(store, range, after, through);
    // Telemetry was dropped meanwhile: these rows may end within a range for which a tombstone before them speaks now.
    if (drops !== ledger.drops) continue;
    if (rows) return handOut(rows, store, options.place);
    repairs += 1;
    await options.repair(after + 1, Math.min(through, after + ROWS_MAX));
  }
  throw new HallError('spool.corrupt', { message: `Rows after ${range.after} of the spool cannot be repaired.` });
}

function handOut(rows: readonly EventRow[], store: Store, place: Place): StoredEvent[] {
  const { ledger } = store;
  ledger.readThrough = Math.max(ledger.readThrough, lastCovered(rows) ?? 0);
  return rows.map((row) => eventOf(row, store, place));
}

/** The next rows if nothing is damaged or missing among them, otherwise undefined. */
async function soundRows(
  store: Store,
  range: ReadRange,
  after: number,
  through: number,
): Promise<EventRow[] | undefined> {
  const rowsMax = Math.min(range.rowsMax, ROWS_MAX);
  const [answer] = await store.reader.all(READ_PACKED, after, through, rowsMax, range.bytesMax);
  const rows = splitPacked(answer?.['packed']).map(unpackRow);
  if (!withoutDamage(rows)) return undefined;
  const first = rows[0]?.sequence ?? through + 1;
  if (first === after + 1) return rows;
  const rest = await restOfRange(store.reader, after, first - 1);
  return rest && [rest, ...rows].slice(0, rowsMax);
}

/** What is still owed of a lost range to who knows of everything up to `after`; undefined when none reaches to `through`. */
async function restOfRange(engine: SqlEngine, after: number, through: number): Promise<EventRow | undefined> {
  const row = await lastRow(engine, after);
  const tombstone = row && tombstoneOf(row);
  if (!tombstone || tombstone.through < through) return undefined;
  return tombstoneRow(after + 1, cutTombstone(tombstone, after + 1));
}

function withoutDamage(rows: readonly (EventRow | undefined)[]): rows is EventRow[] {
  let next: number | undefined;
  for (const row of rows) {
    if (!row || row.sequence !== (next ?? row.sequence)) return false;
    next = (tombstoneOf(row)?.through ?? row.sequence) + 1;
  }
  return true;
}

/** Last sequence that the row at or before `sequence` speaks for; 0 when there is none. */
export async function coveredThrough(engine: SqlEngine, sequence: number): Promise<number> {
  const row = await lastRow(engine, sequence);
  return row ? (lastCovered([row]) ?? 0) : 0;
}

/** The row at or before `sequence`; undefined when there is none, or when it is damaged. */
export async function lastRow(engine: SqlEngine, sequence: number): Promise<EventRow | undefined> {
  const [answer] = await engine.all(READ_LAST, sequence);
  const [line] = splitPacked(answer?.['packed']);
  return line && unpackRow(line);
}

function lastCovered(rows: readonly EventRow[]): number | undefined {
  const last = rows.at(-1);
  return last && (tombstoneOf(last)?.through ?? last.sequence);
}

/** Fresh rows as `read` will give them out; nearly always the rows themselves. */
export function asRead(rows: readonly EventRow[], store: Store, place: Place): readonly StoredEvent[] {
  return rows.every(({ boot }) => boot === null) ? rows : rows.map((row) => eventOf(row, store, place));
}

function eventOf(row: EventRow, { ledger, boots }: Store, place: Place): StoredEvent {
  const tombstone = tombstoneOf(row);
  if (tombstone) return lostEvent(row.sequence, tombstone, place, ledger.epoch);
  const shiftMs = row.boot === null ? undefined : boots.get(row.boot)?.shiftMs;
  const body = shiftMs === undefined ? row.body : correctedBody(row, shiftMs);
  return { sequence: row.sequence, topic: row.topic, body };
}
