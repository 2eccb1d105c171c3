/**
 * After a damaged log: what SQLite did not see is put back as far as its rows are sound, and tombstones stand for the
 * rest. No sequence that may have been published is ever given to another event.
 */
import type { Log } from '../kernel/log.ts';
import { writeBoot } from './boot-time.ts';
import { writeCursors, type CursorRow } from './cursor-table.ts';
import { transaction } from './engine.ts';
import { INSERT_EVENTS, insertParameter, type EventRow } from './event-row.ts';
import type { HeadMark } from './head-mark.ts';
import { leafRows } from './leaf-page.ts';
import { insertKeys, type KeyRow } from './natural-key.ts';
import { bury, lostRuns } from './repair.ts';
import { salvagedRow } from './salvaged-row.ts';
import type { Store } from './store.ts';
import type { TombstoneMaker } from './tombstone.ts';
import type { LostTail } from './wal-log.ts';

interface Findings {
  events: Map<number, EventRow>;
  keys: KeyRow[];
  cursors: CursorRow[];
  boots: { number: number; bootId: string; shiftMs: number | undefined }[];
}

/** Brings the store to the newest sequence that anybody knows of; does nothing when SQLite has seen everything. */
export async function rescueTail(
  store: Store,
  tail: LostTail,
  mark: HeadMark | undefined,
  maker: TombstoneMaker,
  log: Log,
): Promise<void> {
  const { ledger, writer } = store;
  const marked = mark?.epoch === ledger.epoch ? mark.head : 0;
  const found = findingsOf(tail);
  const newest = tail.damaged ? Math.max(marked, ...found.events.keys()) : marked;
  if (newest <= ledger.head) return;
  const from = ledger.head + 1;
  // What lies behind was never acknowledged: a key or a cursor of that would hide events that nobody has.
  const isLost = (sequence: number) => sequence >= from && sequence <= newest;
  const rows = [...found.events.values()].filter(({ sequence }) => isLost(sequence));
  const runs = await transaction(writer, async () => {
    for (const boot of found.boots) await adoptBoot(store, boot);
    await writer.run(INSERT_EVENTS, insertParameter(rows));
    await insertKeys(
      writer,
      found.keys.filter(({ sequence }) => isLost(sequence)),
    );
    await writeCursors(
      writer,
      found.cursors.filter(({ head }) => isLost(head)),
      newest,
    );
    const missing = await lostRuns(store, from, newest);
    if (missing.length > 0) await bury(store, missing, 'corrupt', maker);
    return missing;
  });
  ledger.head = newest;
  log.warn('spool.tail-rescued', { from, through: newest, rescued: rows.length });
  for (const run of runs) log.warn('spool.rows-lost', { ...run });
}

async function adoptBoot({ writer, boots }: Store, boot: Findings['boots'][number]): Promise<void> {
  if (boots.has(boot.number)) return;
  await writeBoot(writer, boot);
  boots.set(boot.number, boot);
}

function findingsOf({ pages }: LostTail): Findings {
  const found: Findings = { events: new Map(), keys: [], cursors: [], boots: [] };
  const latest = new Map(pages.map(({ number, page }) => [number, page]));
  for (const { number, page } of pages) {
    for (const leaf of leafRows(page, number === 1, (wanted) => latest.get(wanted))) {
      const salvaged = salvagedRow(leaf);
      if (salvaged) note(salvaged, found);
    }
  }
  return found;
}

function note(salvaged: NonNullable<ReturnType<typeof salvagedRow>>, found: Findings): void {
  switch (salvaged.table) {
    case 'event':
      found.events.set(salvaged.row.sequence, salvaged.row);
      return;
    case 'key':
      found.keys.push(salvaged.row);
      return;
    case 'cursor':
      found.cursors.push(salvaged.row);
      return;
    case 'boot':
      found.boots.push(salvaged.row);
      return;
    case 'meta':
      return;
  }
}
