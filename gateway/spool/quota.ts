/**
 * The ladder of the quota. From 85 % on telemetry makes room, oldest first; records never do. What goes leaves tombstones.
 */
import { transaction, type SqlEngine } from './engine.ts';
import { TELEMETRY_ROW } from './event-row.ts';
import type { Ledger } from './ledger.ts';
import { PAGE_BYTES } from './limits.ts';
import type { QuotaStep } from './port.ts';
import { bury } from './repair.ts';
import type { Store } from './store.ts';
import type { Run, TombstoneMaker } from './tombstone.ts';

const STEPS = [95, 85, 70] as const;
const DROP_FROM: QuotaStep = 85;

/** Sequences that one pass looks through for telemetry; a pass is one transaction. */
const SEARCH_ROWS_MAX = 4_000;
/** Passes after one commit: few while there is time, many when the table is nearly full. */
const PASSES_MAX = 4;
const PASSES_NEARLY_FULL_MAX = 64;

/** Part of the quota that may come in before the pages are counted again. */
const MEASURE_SHARE = 1 / 200;

export function measureAfterBytes(ledger: Ledger): number {
  return ledger.pagesMax * PAGE_BYTES * MEASURE_SHARE;
}

/** Counts the pages in use; true when the step has changed. */
export async function measurePages({ writer, ledger }: Store): Promise<boolean> {
  const [row] = await writer.all(
    'SELECT page_count - freelist_count AS used FROM pragma_page_count, pragma_freelist_count',
  );
  ledger.pagesUsed = Number(row?.['used']);
  const before = ledger.quotaStep;
  ledger.quotaStep = stepOf(ledger);
  return ledger.quotaStep !== before;
}

function stepOf({ pagesUsed, pagesMax }: Ledger): QuotaStep {
  return STEPS.find((step) => pagesUsed * 100 >= step * pagesMax) ?? 0;
}

/** Pages left in the file's budget are no more than a transaction may need to begin. */
export async function pagesExhausted(engine: SqlEngine, { pagesMax }: Ledger): Promise<boolean> {
  const [row] = await engine.all('SELECT page_count AS pages FROM pragma_page_count');
  return Number(row?.['pages']) >= pagesMax - pagesMax / 100 - 8;
}

/** Drops telemetry until the table is under 85 %, there is none left, or the passes of this turn are used up. */
export async function relieveQuota(store: Store, mark: TombstoneMaker): Promise<number> {
  let dropped = 0;
  const passesMax = store.ledger.quotaStep === 95 ? PASSES_NEARLY_FULL_MAX : PASSES_MAX;
  for (let pass = 0; pass < passesMax && store.ledger.quotaStep >= DROP_FROM; pass += 1) {
    if (store.ledger.telemetrySearchedThrough >= store.ledger.head) break;
    dropped += await dropOldestTelemetry(store, mark);
    await measurePages(store);
  }
  return dropped;
}

/** One pass in one transaction; resolves with the number of events given up. */
export async function dropOldestTelemetry(store: Store, mark: TombstoneMaker): Promise<number> {
  const { writer, ledger } = store;
  const after = Math.max(ledger.telemetrySearchedThrough, ledger.confirmed);
  const through = Math.min(ledger.head, after + SEARCH_ROWS_MAX);
  const found = await writer.all(
    `SELECT sequence FROM event WHERE sequence > ?1 AND sequence <= ?2 AND class = ${TELEMETRY_ROW} ORDER BY sequence`,
    after,
    through,
  );
  const runs = runsOf(
    found.map((row) => Number(row['sequence'])),
    ledger.readThrough,
  );
  if (runs.length > 0) {
    // In the same moment in which the reading position was looked at: a read under way is then made again.
    ledger.drops += 1;
    ledger.dropping = transaction(writer, () => bury(store, runs, 'quota', mark));
    await ledger.dropping.finally(() => (ledger.dropping = undefined));
  }
  ledger.telemetrySearchedThrough = through;
  return found.length;
}

/**
 * Contiguous runs. None spans the reading position: its tombstone would stand before it, where the uplink has been
 * already, and speak for events behind it, which nobody would hear about.
 */
function runsOf(sequences: readonly number[], readThrough: number): Run[] {
  const runs: Run[] = [];
  for (const sequence of sequences) {
    const last = runs.at(-1);
    if (last?.through === sequence - 1 && last.through !== readThrough) last.through = sequence;
    else runs.push({ from: sequence, through: sequence });
  }
  return runs;
}
