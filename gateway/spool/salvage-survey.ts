/**
 * Two walks over the pages of a broken file: the first finds out where each event lies and takes keys, cursors and marks;
 * the second hands the events out in order. Only places are kept in memory, some twenty bytes an event.
 */
import type { Log } from '../kernel/log.ts';
import { writeBoot } from './boot-time.ts';
import { writeCursors, type CursorRow } from './cursor-table.ts';
import { transaction, type SqlEngine } from './engine.ts';
import type { EventRow } from './event-row.ts';
import { leafRows } from './leaf-page.ts';
import { insertKeys, type KeyRow } from './natural-key.ts';
import type { PageSource } from './page-source.ts';
import { salvagedRow, type SalvagedRow } from './salvaged-row.ts';

export type { PageSource } from './page-source.ts';

export interface SurveyOf {
  previousEpoch: string;
  confirmed: number;
  /** Highest sequence found. */
  newest: number;
  keys: number;
  cursors: number;
  /** Unconfirmed events in the old order, each once. */
  events(): Iterable<EventRow>;
}

interface Place {
  sequence: number;
  page: number;
}

interface Finds {
  places: Place[];
  keys: KeyRow[];
  cursors: Map<string, CursorRow>;
  boots: Map<number, { number: number; bootId: string; shiftMs: number | undefined }>;
  previousEpoch: string;
  confirmed: number;
  keysWritten: number;
}

const KEYS_AT_ONCE = 2_000;
/** One line in the log for so many pages: 256 MiB. */
const PROGRESS_PAGES = 65_536;

export async function scanPages(source: PageSource, engine: SqlEngine, log: Log): Promise<SurveyOf> {
  const finds: Finds = {
    places: [],
    keys: [],
    cursors: new Map(),
    boots: new Map(),
    previousEpoch: '',
    confirmed: 0,
    keysWritten: 0,
  };
  for (let page = 0; page < source.count; page += 1) {
    for (const salvaged of rowsOf(source, page)) note(salvaged, page, finds);
    if (finds.keys.length >= KEYS_AT_ONCE) await writeKeys(engine, finds);
    if ((page + 1) % PROGRESS_PAGES === 0) log.info('spool.salvage-progress', { pages: page + 1, of: source.count });
  }
  await writeKeys(engine, finds);
  await transaction(engine, async () => {
    for (const boot of finds.boots.values()) await writeBoot(engine, boot);
    await writeCursors(engine, [...finds.cursors.values()], 0);
  });
  const places = finds.places.sort((one, other) => one.sequence - other.sequence);
  return {
    previousEpoch: finds.previousEpoch,
    confirmed: finds.confirmed,
    newest: places.at(-1)?.sequence ?? finds.confirmed,
    keys: finds.keysWritten,
    cursors: finds.cursors.size,
    events: () => eventsAt(source, places, finds.confirmed),
  };
}

function rowsOf(source: PageSource, place: number): SalvagedRow[] {
  const found = source.at(place);
  if (!found) return [];
  return leafRows(found.page, found.isFirst, (number) => source.byNumber(number)).flatMap(
    (leaf) => salvagedRow(leaf) ?? [],
  );
}

function note(salvaged: SalvagedRow, page: number, finds: Finds): void {
  switch (salvaged.table) {
    case 'event':
      finds.places.push({ sequence: salvaged.row.sequence, page });
      return;
    case 'key':
      finds.keys.push(salvaged.row);
      return;
    case 'cursor': {
      noteCursor(salvaged.row, finds.cursors);
      return;
    }
    case 'boot':
      if (finds.boots.get(salvaged.row.number)?.shiftMs === undefined)
        finds.boots.set(salvaged.row.number, salvaged.row);
      return;
    case 'meta': {
      noteMeta(salvaged.row, finds);
      return;
    }
  }
}

/** Of several versions the one that was written last counts. */
function noteCursor(cursor: CursorRow, cursors: Map<string, CursorRow>): void {
  const name = JSON.stringify([cursor.owner, cursor.name]);
  const known = cursors.get(name);
  if (!known || known.head <= cursor.head) cursors.set(name, cursor);
}

function noteMeta({ name, value }: { name: string; value: string }, finds: Finds): void {
  if (name === 'epoch') finds.previousEpoch = value;
  if (name === 'confirmed') finds.confirmed = Math.max(finds.confirmed, Number(value));
}

async function writeKeys(engine: SqlEngine, finds: Finds): Promise<void> {
  const keys = finds.keys.splice(0);
  if (keys.length > 0) await transaction(engine, () => insertKeys(engine, keys));
  finds.keysWritten += new Set(keys.map(({ source, hash }) => `${source}/${hash}`)).size;
}

function* eventsAt(source: PageSource, places: readonly Place[], confirmed: number): Iterable<EventRow> {
  let done = confirmed;
  let open: { page: number; rows: SalvagedRow[] } | undefined;
  for (const { sequence, page } of places) {
    if (sequence <= done) continue;
    if (open?.page !== page) open = { page, rows: rowsOf(source, page) };
    const found = open.rows.find((salvaged) => salvaged.table === 'event' && salvaged.row.sequence === sequence);
    if (found?.table !== 'event') continue;
    done = sequence;
    yield found.row;
  }
}
