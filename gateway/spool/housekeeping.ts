/**
 * The opened store over time: opened when it is needed, relieved when it is full, opened afresh when it is broken.
 */
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { deferred, type Deferred } from '../kernel/waiting.ts';
import type { Batch } from './batch.ts';
import type { Ledger } from './ledger.ts';
import type { KeyRetention } from './natural-key.ts';
import { PAGE_BYTES, pageBudget } from './limits.ts';
import { measureAfterBytes, measurePages, relieveQuota } from './quota.ts';
import { relieve } from './relief.ts';
import { reserveIn } from './reserve.ts';
import type { Store } from './store.ts';
import { openStore, type StoreOptions } from './store-opening.ts';
import type { TombstoneMaker } from './tombstone.ts';
import { isCorruption, troubleOf, type Trouble } from './trouble.ts';

export interface Housekeeping {
  readonly store: Store | undefined;
  /** Where the spool stands, or stood when its file could last be read. */
  readonly ledger: Ledger | undefined;
  readonly roomForAppends: boolean;
  open(): Promise<Store>;
  /**
   * The opened store, once the disk lets it be opened.
   *
   * @throws HallError `spool.closed` when the spool closes before.
   */
  whenOpened(): Promise<Store>;
  /** After each commit: quota and ladder. */
  committed(store: Store, batch: Batch | undefined): Promise<void>;
  refused(thrown: unknown, store: Store | undefined, confirm: number): Promise<'again' | 'later'>;
  close(): Promise<void>;
}

export interface HousekeepingOptions {
  store: StoreOptions;
  clock: Clock;
  log: Log;
  keys: KeyRetention;
  trouble: Trouble;
  mark: TombstoneMaker;
  /** A store was opened; what it throws keeps it from being used. */
  opened(store: Store): Promise<void>;
  quotaStepChanged(): void;
}

export function housekeeping(options: HousekeepingOptions): Housekeeping {
  const { trouble, mark, keys, log } = options;
  const { directory } = options.store;
  const reserve = reserveIn(directory, pageBudget(options.store.quotaBytes).walPages * PAGE_BYTES);
  let store: Store | undefined;
  let ledger: Ledger | undefined;
  let opening: Promise<Store> | undefined;
  let doors = door();
  let bytesSinceMeasured = 0;
  let failuresInARow = 0;
  let knownBroken = false;

  const measure = async (current: Store) => {
    bytesSinceMeasured = 0;
    const before = current.ledger.quotaStep;
    await measurePages(current);
    const dropped = await relieveQuota(current, mark);
    const { quotaStep, pagesUsed, pagesMax } = current.ledger;
    if (dropped > 0) log.debug('spool.telemetry-dropped', { events: dropped, pagesUsed, pagesMax });
    if (quotaStep === before) return;
    log.warn('spool.quota-step', { step: quotaStep, before, pagesUsed, pagesMax });
    options.quotaStepChanged();
  };

  const reopen = async (broken: Store) => {
    store = undefined;
    doors = door();
    keys.forget();
    await broken.close();
  };

  const openFresh = async (): Promise<Store> => {
    const fresh = await openStore(options.store, knownBroken);
    knownBroken = false;
    try {
      await options.opened(fresh);
      await measure(fresh);
    } catch (thrown) {
      await fresh.close();
      throw thrown;
    }
    await reserve.restore();
    ledger = fresh.ledger;
    doors.resolve(fresh);
    return (store = fresh);
  };

  return {
    get store() {
      return store;
    },
    get ledger() {
      return ledger;
    },
    get roomForAppends() {
      return reserve.inPlace;
    },
    async open() {
      if (store) return store;
      // One attempt at a time, whoever asks.
      opening ??= openFresh().finally(() => (opening = undefined));
      return opening;
    },
    whenOpened: () => doors.promise,
    async committed(current, batch) {
      failuresInARow = 0;
      if (reserve.inPlace) trouble.leave();
      for (const row of batch?.rows ?? []) bytesSinceMeasured += row.body.length + row.topic.length;
      const upkeepMatters = current.ledger.quotaStep > 0 && batch === undefined;
      if (upkeepMatters || bytesSinceMeasured >= measureAfterBytes(current.ledger)) await measure(current);
    },
    async refused(thrown, refusing, confirm) {
      failuresInARow += 1;
      knownBroken ||= isCorruption(thrown);
      if (!refusing) {
        trouble.enter(troubleOf(thrown, directory));
        return 'later';
      }
      try {
        const relief = await relieve(thrown, {
          store: refusing,
          directory,
          reserve,
          confirm,
          failuresInARow,
          keys,
          mark,
        });
        if (relief.trouble) trouble.enter(relief.trouble);
        if (relief.next === 'reopen') await reopen(refusing);
        return relief.next === 'again' ? 'again' : 'later';
      } catch (worse) {
        trouble.enter(troubleOf(worse, directory));
        await reopen(refusing);
        return 'later';
      }
    },
    async close() {
      if (store) doors = door();
      doors.reject(new HallError('spool.closed'));
      await store?.close();
      store = undefined;
    },
  };
}

/** Who waits for the store waits here; nobody may be waiting. */
function door(): Deferred<Store> {
  const opened = deferred<Store>();
  opened.promise.catch(() => undefined);
  return opened;
}
