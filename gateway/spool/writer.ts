/**
 * The one who writes: a loop that makes one group commit after the other. Whatever arrives while a commit is under way
 * goes into the next one. While the disk refuses, the group stays in memory and is tried again.
 */
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import { once } from '../kernel/waiting.ts';
import type { Batch, PendingAppend } from './batch.ts';
import { confirmations } from './confirmations.ts';
import { doorbell } from './doorbell.ts';
import { errands } from './errands.ts';
import { commitGroup } from './group-commit.ts';
import { planner, type HeldGroup } from './group-plan.ts';
import type { Ledger } from './ledger.ts';
import type { SpoolLimits } from './limits.ts';
import type { KeyRetention } from './natural-key.ts';
import { probe } from './meta.ts';
import type { Store } from './store.ts';
import { errorOf } from './trouble.ts';
import { upkeepDue } from './upkeep.ts';
import { waitingRoom, type WaitingRoom } from './waiting-room.ts';

export interface WriterOptions {
  limits: SpoolLimits;
  clock: Clock;
  nextId: () => string;
  keys: KeyRetention;
  /** The opened store, opening it if need be. */
  store(): Promise<Store>;
  /** True while the disk refuses, or the file is not open: there is something to do even when nothing waits. */
  troubled(): boolean;
  /** False while what room there is belongs to upkeep: appends wait. */
  roomForAppends(): boolean;
  /** Called after each commit; with the batch when it brought events. */
  committed(store: Store, batch: Batch | undefined): Promise<void>;
  /** The disk refuses; resolves with when to try again. `confirm` is how far the centre has confirmed. */
  refused(thrown: unknown, store: Store | undefined, confirm: number): Promise<'again' | 'later'>;
}

export interface Writer {
  /** Appends in memory. */
  readonly waiting: number;
  /** Resolves when there is room; undefined when there is some now. */
  seat(): Promise<void> | undefined;
  /** `calledIn`: it has waited for its `seat`. */
  append(append: PendingAppend, calledIn?: boolean): void;
  /** Resolves when the mark is durable. */
  confirm(through: number, ledger: Ledger): Promise<void>;
  /** Runs `work` on the writer's connection between two groups; rejects when it fails. */
  task<T>(work: (store: Store) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function startWriter(options: WriterOptions): Writer {
  const { limits, clock } = options;
  const room = waitingRoom<PendingAppend>(limits.waitingAppendsMax);
  const confirmed = confirmations();
  const tasks = errands();
  const plans = planner(clock, options.nextId);
  const work = doorbell();
  const hurry = doorbell();
  let held: HeldGroup | undefined;
  let upkeepLeft = false;
  let closing = false;
  let giveUpAtMs = Infinity;
  const ended = loop();

  function idle(): boolean {
    if (held || upkeepLeft || room.size > 0 || tasks.waiting > 0 || confirmed.waiting > 0) return false;
    return closing || !options.troubled();
  }

  async function loop(): Promise<void> {
    while (!closing || (!idle() && clock.monotonicMs() < giveUpAtMs)) {
      if (idle()) await work.wait();
      else await turn();
    }
  }

  async function turn(): Promise<void> {
    let store: Store | undefined;
    try {
      store = await options.store();
      await tasks.run(store);
      await commitNext(store);
    } catch (thrown) {
      options.keys.forget();
      tasks.refuse(errorOf(thrown));
      const next = await options.refused(thrown, store, store ? confirmed.wanted(store.ledger) : 0);
      // Relief may have brought the centre's confirmations home without the group.
      if (store) confirmed.settle(store.ledger);
      if (next === 'later') await hurry.wait(limits.retryMs);
    }
  }

  async function commitNext(store: Store): Promise<void> {
    // Those whose promises the last commit has settled get the chance to be in this group.
    await new Promise((resolve) => setImmediate(resolve));
    if (held && (await plans.tookAfterAll(store, held))) return announce(store, held);
    const hasRoom = options.roomForAppends();
    const group = hasRoom ? (held ??= takeGroup(room, limits.groupRowsMax)) : undefined;
    if (group) group.batch = await plans.plan(store, group);
    await commit(store, group?.batch);
    confirmed.settle(store.ledger);
    await announce(store, group);
    // The reserve could not be set aside: there is room for upkeep only. (What came meanwhile is for the next turn.)
    if (!hasRoom && (held || room.size > 0)) throw new HallError('spool.disk-full');
  }

  async function commit(store: Store, batch: Batch | undefined): Promise<void> {
    const confirm = confirmed.wanted(store.ledger);
    if (batch || upkeepDue(store.ledger, confirm)) await commitGroup(store, { batch, confirm }, options.keys);
    else if (options.troubled()) await probe(store);
    upkeepLeft = upkeepDue(store.ledger, confirm);
  }

  async function announce(store: Store, group: HeldGroup | undefined): Promise<void> {
    const batch = group?.batch;
    if (group) held = undefined;
    if (batch && batch.rows.length > 0) store.headMark.note({ epoch: batch.epoch, head: batch.head });
    for (const [index, { settled }] of (group?.appends ?? []).entries()) settled.resolve(batch?.answers[index] ?? []);
    await options.committed(store, batch);
  }

  function admit(): void {
    if (closing) throw new HallError('spool.closed');
    work.ring();
  }

  return {
    get waiting() {
      return room.size + (held?.appends.length ?? 0);
    },
    seat: () => room.seat(),
    append(append, calledIn = false) {
      admit();
      room.enter(append, calledIn);
    },
    async confirm(through, ledger) {
      admit();
      hurry.ring();
      await confirmed.add(through, ledger);
    },
    async task(errand) {
      admit();
      return tasks.add(errand);
    },
    close: once(async () => {
      closing = true;
      giveUpAtMs = clock.monotonicMs() + limits.closePatienceMs;
      const impatience = setTimeout(() => (giveUpAtMs = 0), limits.closePatienceMs);
      work.ring();
      hurry.ring();
      await ended;
      clearTimeout(impatience);
      const closed = new HallError('spool.closed');
      for (const { settled } of [...(held?.appends ?? []), ...room.close()]) settled.reject(closed);
      confirmed.refuse(closed);
      tasks.refuse(closed);
    }),
  };
}

/** What waits, from the front, as far as it fits into one group; one large append makes a group of its own. */
function takeGroup(room: WaitingRoom<PendingAppend>, rowsMax: number): HeldGroup | undefined {
  let rows = 0;
  const appends = room.take(({ drafts }) => (rows += drafts.length) <= rowsMax);
  return appends.length > 0 ? { appends, batch: undefined } : undefined;
}
