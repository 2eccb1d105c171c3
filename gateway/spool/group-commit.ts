/**
 * One group commit: the events, keys, cursors and upkeep of a group in one transaction and one fsync.
 */
import type { Batch } from './batch.ts';
import { writeCursors } from './cursor-table.ts';
import { transaction } from './engine.ts';
import { INSERT_EVENTS, insertParameter } from './event-row.ts';
import { insertKeys, type KeyRetention } from './natural-key.ts';
import type { Store } from './store.ts';
import { runUpkeep, upkeepDue } from './upkeep.ts';

export interface Group {
  batch: Batch | undefined;
  /** The centre has everything up to here. */
  confirm: number;
}

/** Makes the group durable and brings the ledger up to date. What it throws left nothing behind. */
export async function commitGroup(store: Store, group: Group, retention: KeyRetention): Promise<void> {
  const { writer, ledger } = store;
  const { batch, confirm } = group;
  const head = batch?.head ?? ledger.head;
  const due = upkeepDue(ledger, confirm);
  if (batch && !due && batch.keys.length === 0 && batch.cursors.length === 0) {
    // One statement is a transaction of its own: BEGIN and COMMIT would be two more hops to the thread pool.
    if (batch.rows.length > 0) await writer.run(INSERT_EVENTS, insertParameter(batch.rows));
  } else {
    const upkeep = await transaction(writer, async () => {
      if (batch) await writeBatch(store, batch, retention);
      return due ? await runUpkeep(writer, ledger, confirm, head) : undefined;
    });
    if (upkeep) Object.assign(ledger, upkeep);
  }
  ledger.head = head;
  if (batch && batch.rows.length > 0) ledger.oldestUnsentMs ??= batch.recordedMs;
}

async function writeBatch({ writer }: Store, batch: Batch, retention: KeyRetention): Promise<void> {
  if (batch.rows.length > 0) await writer.run(INSERT_EVENTS, insertParameter(batch.rows));
  if (batch.keys.length > 0) {
    await insertKeys(writer, batch.keys);
    await retention.afterInsert(writer, batch.keys);
  }
  if (batch.cursors.length > 0) await writeCursors(writer, batch.cursors, batch.head);
}
