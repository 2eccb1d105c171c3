/**
 * Makes good what reading found wrong: a damaged row is set aside, and a tombstone takes the place of every sequence
 * that is damaged or missing, so that each one is either sent or accounted for.
 */
import type { Log } from '../kernel/log.ts';
import { transaction, type SqlEngine } from './engine.ts';
import { INSERT_EVENTS, insertParameter, READ_EACH, unpackRow } from './event-row.ts';
import { writeMeta } from './meta.ts';
import { coveredThrough } from './reader.ts';
import type { Store } from './store.ts';
import { tombstoneOf, tombstoneRow, type Run, type Tombstone, type TombstoneMaker } from './tombstone.ts';

/** Damaged rows that are kept for a later look; the oldest go first. */
const QUARANTINE_ROWS_MAX = 1_000;

/** Examines `from` to `through` and buries what is damaged or missing there. */
export async function repairRange(
  store: Store,
  from: number,
  through: number,
  mark: TombstoneMaker,
  log: Log,
): Promise<void> {
  const { writer, ledger } = store;
  const runs = await transaction(writer, async () => {
    const start = Math.max(from, ledger.confirmed + 1, (await coveredThrough(writer, from - 1)) + 1);
    const found = await lostRuns(store, start, through);
    if (found.length > 0) await bury(store, found, 'corrupt', mark);
    return found;
  });
  for (const run of runs) log.warn('spool.rows-lost', { ...run });
}

/** Runs of damaged or missing sequences in `start` to `through`; a gap at the end is followed to where it ends. */
export async function lostRuns({ writer, ledger }: Store, start: number, through: number): Promise<Run[]> {
  if (start > through) return [];
  const runs: Run[] = [];
  let next = start;
  for (const found of await writer.all(READ_EACH, start, through)) {
    const sequence = Number(found['sequence']);
    const { packed } = found;
    const row = Buffer.isBuffer(packed) ? unpackRow(packed) : undefined;
    if (sequence > next) extend(runs, next, sequence - 1);
    const sound = row?.sequence === sequence;
    if (!sound) extend(runs, sequence, sequence);
    next = (sound ? (tombstoneOf(row)?.through ?? sequence) : sequence) + 1;
  }
  if (next <= through) extend(runs, next, await endOfGap(writer, through, ledger.head));
  return runs;
}

function extend(runs: Run[], from: number, through: number): void {
  const last = runs.at(-1);
  if (last?.through === from - 1) last.through = through;
  else runs.push({ from, through });
}

async function endOfGap(engine: SqlEngine, from: number, head: number): Promise<number> {
  const [row] = await engine.all('SELECT min(sequence) AS next FROM event WHERE sequence > ?1', from);
  const next = row?.['next'];
  return typeof next === 'number' ? next - 1 : Math.max(from, head);
}

/** Replaces runs by tombstones, inside a transaction of the writer's connection. */
export async function bury(
  { writer, ledger }: Store,
  runs: readonly Run[],
  reason: Tombstone['reason'],
  mark: TombstoneMaker,
): Promise<void> {
  const ranges = JSON.stringify(runs.map(({ from, through }) => [from, through]));
  const within = `SELECT event.sequence FROM json_each(?1) AS run
    JOIN event ON event.sequence BETWEEN run.value ->> 0 AND run.value ->> 1`;
  if (reason === 'corrupt') await setAside(writer, within, ranges);
  await writer.run(`DELETE FROM event WHERE sequence IN (${within})`, ranges);
  await writer.run(INSERT_EVENTS, insertParameter(runs.map((run) => tombstoneRow(run.from, mark(run, reason)))));
  const lost = ledger.lost + runs.reduce((sum, { from, through }) => sum + through - from + 1, 0);
  await writeMeta(writer, 'lost', String(lost));
  ledger.lost = lost;
}

async function setAside(engine: SqlEngine, within: string, ranges: string): Promise<void> {
  await engine.run(
    `INSERT INTO quarantine (found, sequence, class, boot, monotonic, topic, body, crc)
     SELECT datetime(), sequence, class, boot, monotonic, topic, body, crc FROM event WHERE sequence IN (${within})`,
    ranges,
  );
  await engine.run(
    'DELETE FROM quarantine WHERE number <= (SELECT max(number) FROM quarantine) - ?1',
    QUARANTINE_ROWS_MAX,
  );
}
