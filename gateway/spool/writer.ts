/**
 * The one who writes: a loop that makes one group commit after the other. Whatever arrives while a commit is under way
 * goes into the next one. While the disk refuses, the group stays in memory and is tried again.
 */
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import { deferred, once, type Deferred } from '../kernel/waiting.ts';
import { planBatch, type Batch, type PendingAppend } from './batch.ts';
import { writeBoot } from './boot-time.ts';
import { doorbell } from './doorbell.ts';
import { commitGroup } from './group-commit.ts';
import type { SpoolLimits } from './limits.ts';
import { keyRetention, knownKeys, type KeyRow } from './natural-key.ts';
import type { EventRow } from './event-row.ts';
import type { Store } from './store.ts';
import { upkeepDue } from './upkeep.ts';
import { waitingRoom } from './waiting-room.ts';

export interface WriterOptions {
  limits: SpoolLimits;
  clock: Clock;
  nextId: () => string;
  /** The opened store, opening it if need be. */
  store(): Promise<Store>;
  /** Called with what became durable, in sequence order. */
  committed(rows: readonly EventRow[]): void;
  /** The disk works. */
  well(): void;
  /** The disk refuses; resolves when something was done about it that makes another try worthwhile at once. */
  refused(thrown: unknown, store: Store | undefined, confirm: number): Promise<'again' | 'later'>;
}

export interface Writer {
  /** Appends in memory. */
  readonly waiting: number;
  /** Resolves when there is room; undefined when there is some now. */
  seat(): Promise<void> | undefined;
  append(append: PendingAppend): void;
  /** Resolves when the mark is durable. */
  confirm(through: number): Promise<void>;
  /** Runs `work` on the writer's connection between two groups. */
  task<T>(work: (store: Store) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Task {
  run(store: Store): Promise<void>;
  refuse(error: Error): void;
}

export function startWriter(options: WriterOptions): Writer {
  const { limits } = options;
  const room = waitingRoom<PendingAppend>(limits.waitingAppendsMax);
  const retention = keyRetention(limits.keysPerSourceMax);
  const bell = doorbell();
  const hurry = doorbell();
  const tasks: Task[] = [];
  const confirms: { through: number; settled: Deferred<void> }[] = [];
  let confirmWanted = 0;
  /** Appends that were taken for a group that is not durable yet, with their plan. */
  let held: { appends: PendingAppend[]; batch: Batch | undefined } | undefined;
  let closing = false;
  let giveUpAtMs = Infinity;
  let upkeepLeft = false;

  const idle = () => !held && room.size === 0 && tasks.length === 0 && confirms.length === 0 && !upkeepLeft;
  const ended = loop();

  async function loop(): Promise<void> {
    while (!closing || (!idle() && options.clock.monotonicMs() < giveUpAtMs)) {
      if (idle()) await bell.wait();
      else await turn();
    }
  }

  async function turn(): Promise<void> {
    let store: Store | undefined;
    try {
      store = await options.store();
      await runTasks(store);
      await commitNext(store);
      options.well();
    } catch (thrown) {
      retention.forget();
      refuseTasks(thrown);
      if ((await options.refused(thrown, store, confirmWanted)) === 'later') await hurry.wait(limits.retryMs);
    }
  }

  async function runTasks(store: Store): Promise<void> {
    for (let task = tasks.shift(); task; task = tasks.shift()) await task.run(store);
  }

  function refuseTasks(thrown: unknown): void {
    for (const task of tasks.splice(0)) task.refuse(thrown instanceof Error ? thrown : new Error(String(thrown)));
  }

  async function commitNext(store: Store): Promise<void> {
    // Those whose promises the last commit has settled get the chance to be in this group.
    await new Promise((resolve) => setImmediate(resolve));
    held ??= takeGroup();
    if (held) await settlePlan(store, held);
    if (!held && !upkeepDue(store.ledger, confirmWanted)) {
      settleConfirms(store);
      return;
    }
    const batch = held?.batch;
    await commitGroup(store, { batch, confirm: confirmWanted }, retention);
    upkeepLeft = upkeepDue(store.ledger, confirmWanted);
    settleConfirms(store);
    if (held && batch) announce(store, held.appends, batch);
  }

  function takeGroup(): { appends: PendingAppend[]; batch: undefined } | undefined {
    let rows = 0;
    const appends = room.take(({ drafts }) => (rows += drafts.length) <= limits.groupRowsMax);
    return appends.length > 0 ? { appends, batch: undefined } : undefined;
  }

  /** A plan is kept over retries, so that a commit that took after all can be recognised; a new head voids it. */
  async function settlePlan(
    store: Store,
    group: { appends: PendingAppend[]; batch: Batch | undefined },
  ): Promise<void> {
    const { ledger } = store;
    const { batch } = group;
    if (batch?.epoch === ledger.epoch && batch.head - batch.rows.length === ledger.head) return;
    if (group.appends.some(({ drafts }) => drafts.some((draft) => draft.monotonicMs !== null))) await noteBoot(store);
    group.batch = planBatch(group.appends, {
      epoch: ledger.epoch,
      head: ledger.head,
      boot: store.boot,
      recordedMs: options.clock.now(),
      nextId: options.nextId,
      known: await keysOf(store, group.appends),
    });
  }

  async function noteBoot({ writer, boots, boot }: Store): Promise<void> {
    if (boots.has(boot)) return;
    const row = { number: boot, bootId: options.clock.bootId, shiftMs: undefined };
    await writeBoot(writer, row);
    boots.set(boot, row);
  }

  function announce(store: Store, appends: readonly PendingAppend[], batch: Batch): void {
    held = undefined;
    if (batch.rows.length > 0) {
      store.headMark.note({ epoch: batch.epoch, head: batch.head });
      options.committed(batch.rows);
    }
    for (const [index, { settled }] of appends.entries()) settled.resolve(batch.answers[index] ?? []);
  }

  function settleConfirms({ ledger }: Store): void {
    const open = confirms.splice(0);
    for (const confirm of open) {
      if (Math.min(confirm.through, ledger.head) <= ledger.confirmed) confirm.settled.resolve();
      else confirms.push(confirm);
    }
  }

  return {
    get waiting() {
      return room.size + (held?.appends.length ?? 0);
    },
    seat: () => room.seat(),
    append(append) {
      if (closing) {
        append.settled.reject(new HallError('spool.closed'));
        return;
      }
      room.enter(append);
      bell.ring();
    },
    confirm(through) {
      if (closing) return Promise.reject(new HallError('spool.closed'));
      confirmWanted = Math.max(confirmWanted, through);
      const settled = deferred<void>();
      confirms.push({ through, settled });
      bell.ring();
      hurry.ring();
      return settled.promise;
    },
    task(work) {
      if (closing) return Promise.reject(new HallError('spool.closed'));
      const settled = deferred<Awaited<ReturnType<typeof work>>>();
      const run = async (store: Store) => {
        try {
          settled.resolve(await work(store));
        } catch (thrown) {
          const error = thrown instanceof Error ? thrown : new Error(String(thrown));
          settled.reject(error);
          throw error;
        }
      };
      tasks.push({ run, refuse: (error) => settled.reject(error) });
      bell.ring();
      return settled.promise;
    },
    close: once(async () => {
      closing = true;
      giveUpAtMs = options.clock.monotonicMs() + limits.closePatienceMs;
      bell.ring();
      hurry.ring();
      await ended;
      const closed = new HallError('spool.closed');
      for (const { settled } of [...(held?.appends ?? []), ...room.close(), ...confirms]) settled.reject(closed);
      refuseTasks(closed);
    }),
  };
}

async function keysOf(store: Store, appends: readonly PendingAppend[]): Promise<Map<string, KeyRow>> {
  const names = appends.flatMap(({ drafts }) => drafts.flatMap(({ key }) => (key ? [key] : [])));
  return names.length > 0 ? await knownKeys(store.writer, names) : new Map<string, KeyRow>();
}
