/**
 * The spool: the durable outbox between the devices and the centre.
 */
import { monotonicFactory } from 'ulid';
import type { Clock } from '../kernel/clock.ts';
import type { Json } from '../kernel/json.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import { once } from '../kernel/waiting.ts';
import { clockHold, storeShift } from './clock-hold.ts';
import { readCursors } from './cursor-table.ts';
import { prepareAppend } from './drafts.ts';
import type { OpenEngine } from './engine.ts';
import { housekeeping } from './housekeeping.ts';
import { DEFAULT_LIMITS, type SpoolLimits } from './limits.ts';
import { listeners } from './listeners.ts';
import { probe } from './meta.ts';
import { keyRetention } from './natural-key.ts';
import type { Spool, SpoolStatus, StoredEvent } from './port.ts';
import { readEvents } from './reader.ts';
import { repairRange } from './repair.ts';
import type { SalvageReport } from './salvage.ts';
import { salvagedDraft } from './salvaged-event.ts';
import { openSqlite3 } from './sqlite3-engine.ts';
import { statusOf } from './status.ts';
import type { Store } from './store.ts';
import { tombstoneMaker } from './tombstone.ts';
import { isRefusal, troubleKeeper, troubleOf } from './trouble.ts';
import { startWriter } from './writer.ts';

export interface SpoolOptions extends Partial<SpoolLimits> {
  /** Folder of the spool; made when it is not there. */
  directory: string;
  place: Place;
  clock: Clock;
  log: Log;
  quotaBytes: number;
  /** The SQL library; `sqlite3` when absent. */
  openEngine?: OpenEngine;
}

/**
 * Opens the spool. A disk that refuses is no reason to throw: the spool then holds what it is given in memory and keeps
 * trying.
 *
 * @throws HallError `spool.from-the-future` or `spool.in-use`: a person must act first.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, place, clock, log, openEngine = openSqlite3 } = options;
  const limits = limitsOf(options);
  const nextId = idsBy(clock);
  const keys = keyRetention(limits.keysPerSourceMax);
  const mark = tombstoneMaker(clock, nextId);
  const commits = listeners<readonly StoredEvent[]>(log);
  const statuses = listeners<SpoolStatus>(log);
  /** Nothing new, but who found nothing to read before may find something now. */
  const wakeReaders = () => commits.tell([]);

  const trouble = troubleKeeper(log, () => {
    statuses.tell(status());
    if (!trouble.current) wakeReaders();
  });
  const hold = clockHold({
    clock,
    patienceMs: limits.clockPatienceMs,
    pollMs: limits.clockPollMs,
    settle: (shiftMs) => writer.task((store) => storeShift(store, clock.bootId, shiftMs)),
    released: wakeReaders,
  });
  const house = housekeeping({
    store: { directory, place, clock, log, openEngine, quotaBytes: limits.quotaBytes, nextId, mark },
    clock,
    log,
    keys,
    trouble,
    mark,
    async opened(store) {
      await hold.recall(store);
      if (store.salvaged) report(store.salvaged);
    },
    quotaStepChanged: () => statuses.tell(status()),
  });
  const writer = startWriter({
    limits,
    clock,
    nextId,
    keys,
    store: () => house.open(),
    troubled: () => trouble.current !== undefined || house.store === undefined,
    roomForAppends: () => house.roomForAppends,
    async committed(store, batch) {
      if (batch && batch.rows.length > 0) {
        hold.committed(batch.rows);
        commits.tell(batch.rows);
      }
      await house.committed(store, batch);
    },
    refused: (thrown, store, confirm) => house.refused(thrown, store, confirm),
  });
  /** Says in an event what became of the broken file; it is committed like any other. */
  function report(salvaged: SalvageReport): void {
    const append = { drafts: [salvagedDraft(salvaged, place)] };
    writer.append(prepareAppend(append, limits.eventBytesMax, () => hold.stamp(undefined)));
  }
  const status = () => statusOf({ ledger: house.ledger, limits, waiting: writer.waiting, trouble: trouble.current });

  await house.open().catch((thrown: unknown) => {
    if (isRefusal(thrown)) throw thrown;
    trouble.enter(troubleOf(thrown, directory));
  });

  return {
    get epoch() {
      return house.ledger?.epoch ?? '';
    },
    async append(append) {
      const seat = writer.seat();
      if (seat) await seat;
      const pending = prepareAppend(append, limits.eventBytesMax, (deviceTimeMs) => hold.stamp(deviceTimeMs));
      writer.append(pending);
      return pending.settled.promise;
    },
    cursor: async (owner, name) => (await cursorsOf(house.store, owner)).get(name),
    cursors: (owner) => cursorsOf(house.store, owner),
    read(range) {
      const { store } = house;
      return readEvents(store, range, {
        place,
        heldFrom: () => hold.heldFrom,
        repair: (from, through) => writer.task((opened) => repairRange(opened, from, through, mark, log)),
        // A file that was opened afresh in the meantime is not this one's business.
        broken: async (error) => (house.store === store ? writer.task(() => Promise.reject(error)) : undefined),
      });
    },
    async confirm(through) {
      if (house.ledger) await writer.confirm(through, house.ledger);
    },
    status,
    onCommitted: (listener) => commits.add(listener),
    onStatus: (listener) => statuses.add(listener),
    probe: () => writer.task(probe),
    close: once(async () => {
      hold.stop();
      await writer.close();
      await house.close();
    }),
  };
}

async function cursorsOf(store: Store | undefined, owner: string): Promise<Map<string, Json>> {
  return store ? readCursors(store.reader, owner) : new Map<string, Json>();
}

/** ULIDs that rise with every call, even when the wall clock goes back. */
function idsBy(clock: Clock): () => string {
  const ulid = monotonicFactory();
  return () => ulid(Math.max(0, Math.floor(clock.now())));
}

function limitsOf(options: SpoolOptions): SpoolLimits {
  const given = Object.entries(options).filter(([name, value]) => name in DEFAULT_LIMITS && value !== undefined);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given), quotaBytes: options.quotaBytes };
}
