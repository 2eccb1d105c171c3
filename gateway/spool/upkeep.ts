/**
 * What the centre has confirmed leaves the table: the mark first, the rows behind it in bounded steps, inside the
 * transaction of a group commit, so that a long outage's worth of rows never stalls an append.
 */
import type { SqlEngine } from './engine.ts';
import { INSERT_EVENTS, insertParameter, TOMBSTONE_ROW } from './event-row.ts';
import type { Ledger } from './ledger.ts';
import { writeMeta } from './meta.ts';
import { lastRow } from './reader.ts';
import { cutTombstone, tombstoneOf, tombstoneRow } from './tombstone.ts';

/** Rows that leave with one commit. */
const DELETE_ROWS_MAX = 2_000;

/** What the ledger will say once the transaction is durable. */
export interface UpkeepResult {
  confirmed: number;
  deletedThrough: number;
  oldestUnsentMs: number | undefined;
}

export function upkeepDue(ledger: Ledger, wanted: number): boolean {
  return Math.min(wanted, ledger.head) > ledger.confirmed || ledger.deletedThrough < ledger.confirmed;
}

/** Runs inside a transaction of the writer's connection. `head` is the newest sequence of this transaction. */
export async function runUpkeep(
  engine: SqlEngine,
  ledger: Ledger,
  wanted: number,
  head: number,
): Promise<UpkeepResult> {
  const target = Math.min(wanted, ledger.head);
  const confirmed = Math.max(target, ledger.confirmed);
  if (confirmed > ledger.confirmed) {
    if (ledger.lost > 0) await keepRestOfRange(engine, confirmed);
    await writeMeta(engine, 'confirmed', String(confirmed));
  }
  const deletedThrough = Math.min(confirmed, ledger.deletedThrough + DELETE_ROWS_MAX);
  if (deletedThrough > ledger.deletedThrough) {
    await engine.run('DELETE FROM event WHERE sequence <= ?1', deletedThrough);
  }
  return { confirmed, deletedThrough, oldestUnsentMs: await oldestUnsent(engine, confirmed, head) };
}

/**
 * The centre may have had some events of a range before they were given up, and confirm those: it has not heard of the rest,
 * which gets a tombstone of its own.
 */
async function keepRestOfRange(engine: SqlEngine, confirmed: number): Promise<void> {
  const row = await lastRow(engine, confirmed);
  const tombstone = row && tombstoneOf(row);
  if (!tombstone || tombstone.through <= confirmed) return;
  const rest = tombstoneRow(confirmed + 1, cutTombstone(tombstone, confirmed + 1));
  await engine.run(INSERT_EVENTS, insertParameter([rest]));
}

/** Recorded time of the first row that waits, milliseconds since 1970. */
export async function oldestUnsent(engine: SqlEngine, confirmed: number, head: number): Promise<number | undefined> {
  if (confirmed >= head) return undefined;
  const [row] = await engine.all(
    `SELECT iif(json_valid(body), iif(class = ${TOMBSTONE_ROW}, body ->> 'ms', body ->> 'recordedtime'), NULL) AS recorded
     FROM event WHERE sequence > ?1 ORDER BY sequence LIMIT 1`,
    confirmed,
  );
  const recorded = row?.['recorded'];
  if (typeof recorded === 'number') return recorded;
  return typeof recorded === 'string' ? Date.parse(recorded) : undefined;
}
