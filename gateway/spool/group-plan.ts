/**
 * Plans a group before it is committed, and keeps the plan while the disk refuses.
 */
import type { Clock } from '../kernel/clock.ts';
import { planBatch, type Batch, type BatchContext, type PendingAppend } from './batch.ts';
import { writeBoot } from './boot-time.ts';
import { knownKeys, type KeyRow } from './natural-key.ts';
import type { Store } from './store.ts';

/** Appends that were taken for one group, with the plan of their rows. */
export interface HeldGroup {
  appends: readonly PendingAppend[];
  batch: Batch | undefined;
}

export interface Planner {
  /** The plan for this store; an earlier one holds as long as its sequences are still free. */
  plan(store: Store, group: HeldGroup): Promise<Batch>;
  /** True when a commit that seemed to fail took after all, which shows when the file is opened afresh. */
  tookAfterAll(store: Store, group: HeldGroup): Promise<boolean>;
}

export function planner(clock: Clock, nextId: () => string): Planner {
  return {
    async plan(store, { appends, batch }) {
      const { epoch, head } = store.ledger;
      if (batch?.epoch === epoch && batch.head - batch.rows.length === head) return batch;
      if (appends.some(({ drafts }) => drafts.some((draft) => draft.monotonicMs !== null)))
        await noteBoot(store, clock);
      const known = await keysOf(store, appends);
      const earlier = batch && (await leftBehind(store, batch));
      return planBatch(appends, { epoch, head, boot: store.boot, recordedMs: clock.now(), nextId, known, earlier });
    },
    async tookAfterAll({ writer, ledger }, { batch }) {
      const last = batch?.rows.at(-1);
      if (!last || batch?.epoch !== ledger.epoch || ledger.head < last.sequence) return false;
      const found = await writer.all('SELECT 1 FROM event WHERE sequence = ?1 AND body = ?2', last.sequence, last.body);
      return found.length > 0;
    },
  };
}

/**
 * A commit that was refused may have left rows in the log, and a salvage takes every sound row for real. They are the
 * newest then: those of the plan that are found there are events already, and must not become second ones.
 */
async function leftBehind({ writer }: Store, { rows, answers }: Batch): Promise<BatchContext['earlier']> {
  const found = await writer.all(
    "SELECT sequence, body ->> 'id' AS id FROM event ORDER BY sequence DESC LIMIT ?1",
    rows.length,
  );
  const sequences = new Map(found.map((row) => [String(row['id']), Number(row['sequence'])]));
  return (append, draft) => {
    const answer = answers[append]?.[draft];
    const sequence = sequences.get(answer?.id ?? '');
    return answer && sequence !== undefined ? { ...answer, sequence } : undefined;
  };
}

/** Doubtful rows refer to their boot, so that is on disk before them. */
async function noteBoot({ writer, boots, boot }: Store, clock: Clock): Promise<void> {
  if (boots.has(boot)) return;
  const row = { number: boot, bootId: clock.bootId, shiftMs: undefined };
  await writeBoot(writer, row);
  boots.set(boot, row);
}

async function keysOf(store: Store, appends: readonly PendingAppend[]): Promise<Map<string, KeyRow>> {
  const names = appends.flatMap(({ drafts }) => drafts.flatMap(({ key }) => (key ? [key] : [])));
  return names.length > 0 ? await knownKeys(store.writer, names) : new Map<string, KeyRow>();
}
