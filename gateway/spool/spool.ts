/**
 * The spool: the durable outbox between the devices and the centre.
 *
 * What always holds
 *   1. `append` resolves after an fsync, never before. What it resolved is there after any power cut.
 *   2. Sequences begin at 1 in each epoch and have no gap. Each one is either read as its event, or lies in the range of a
 *      `hall.gateway.lost.v1` event whose own sequence is the first of that range. None is ever given to a second event.
 *   3. An append is there with all its events, its natural keys and its cursors, or not at all.
 *   4. A natural key of a source makes one event, also after that event has left.
 *   5. The confirmed mark only rises. After a crash the uplink goes on behind it.
 *   6. Records are never dropped for space. Telemetry is, from 85 % of the quota on, oldest first.
 *   7. Memory is bounded: the waiting room and one group, whatever the disk does.
 *
 * The files in the folder
 *   spool.db       one SQLite database, pages of 4096 bytes: event, natural_key, cursor, boot, meta, quarantine (`schema.ts`)
 *   spool.db-wal   its log; synchronous=FULL syncs it at each commit
 *   spool.head     newest sequence by our own account, not synced (`head-mark.ts`)
 *   spool.reserve  room to be given up when the disk is full (`reserve.ts`)
 *   spool.lock     held by the one gateway that may use the folder (`directory-lock.ts`)
 *   spool.db.broken-<time>   what was set aside (`salvage.ts`)
 * Every row carries a CRC-32 over all that it says (`checksum.ts`): SQLite's own check misses most flipped bits.
 *
 * The life of a row
 *   `append` settles its time and its text (`drafts.ts`) and takes a seat in the waiting room. The writer takes what waits
 *   for one group (`writer.ts`), gives sequences and ids (`batch.ts`), and commits it with one fsync (`group-commit.ts`).
 *   Then promises are settled and listeners hear of it. `read` checks each row and hands it out (`reader.ts`), later if its
 *   time is still doubtful (`clock-hold.ts`). `confirm` makes the mark durable with the next group, and the rows behind it
 *   leave in steps of bounded size (`upkeep.ts`).
 *
 * What each failure does
 *   disk refuses, read-only    the group stays in memory and is tried again each second; one log line (`relief.ts`)
 *   disk full                  the reserve is given up so that confirmed rows can leave; appends wait until it stands again
 *   quota full of records      appends wait, the centre drains
 *   row damaged or missing     a tombstone takes its place, the damaged row is set aside (`repair.ts`)
 *   log damaged                what SQLite overlooks is put back row by row, the rest becomes tombstones (`tail-rescue.ts`)
 *   database damaged           set aside, salvaged page by page, and a new epoch begins (`salvage.ts`)
 *   written by a newer gateway refused, untouched
 *   clock not set              rows wait for the right time, within patience, and are corrected as they are read
 */
import { monotonicFactory } from 'ulid';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import { once } from '../kernel/waiting.ts';
import { clockHold, storeShift, type ClockHold } from './clock-hold.ts';
import { readCursor, readCursors } from './cursor-table.ts';
import { prepareAppend } from './drafts.ts';
import type { OpenEngine } from './engine.ts';
import { housekeeping, type Housekeeping } from './housekeeping.ts';
import { DEFAULT_LIMITS, type SpoolLimits } from './limits.ts';
import { listeners } from './listeners.ts';
import { probe } from './meta.ts';
import { keyRetention } from './natural-key.ts';
import type { Spool, SpoolStatus, StoredEvent } from './port.ts';
import { asRead, readEvents } from './reader.ts';
import { repairRange } from './repair.ts';
import type { SalvageReport } from './salvage.ts';
import { salvagedDraft } from './salvaged-event.ts';
import { openSqlite3 } from './sqlite3-engine.ts';
import { statusOf } from './status.ts';
import { tombstoneMaker } from './tombstone.ts';
import { isRefusal, troubleKeeper, troubleOf } from './trouble.ts';
import { startWriter, type Writer } from './writer.ts';

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
        commits.tell(asRead(batch.rows, store, place));
      }
      await house.committed(store, batch);
    },
    refused: (thrown, store, confirm) => house.refused(thrown, store, confirm),
  });
  /** Says in an event what became of the broken file; it is committed like any other. */
  function report(salvaged: SalvageReport): void {
    const append = { drafts: [salvagedDraft(salvaged, place)] };
    const pending = prepareAppend(append, limits.eventBytesMax, () => hold.stamp(undefined));
    // Nobody waits for it: a spool that closes before the commit must not end in an unhandled rejection.
    pending.settled.promise.catch(() => undefined);
    writer.append(pending);
  }
  const status = () => statusOf({ ledger: house.ledger, limits, waiting: writer.waiting, trouble: trouble.current });

  const close = once(() => closeParts(hold, writer, house));
  await house.open().catch(async (thrown: unknown) => {
    if (!isRefusal(thrown)) trouble.enter(troubleOf(thrown, directory));
    else {
      await close();
      throw thrown;
    }
  });

  return {
    get epoch() {
      return house.ledger?.epoch ?? '';
    },
    get readableThrough() {
      return Math.min(house.ledger?.head ?? 0, hold.heldFrom - 1);
    },
    async append(append) {
      // Before the wait: it happened now, whenever there is a seat.
      const pending = prepareAppend(append, limits.eventBytesMax, (deviceTimeMs) => hold.stamp(deviceTimeMs));
      const seat = writer.seat();
      if (seat) await seat;
      writer.append(pending, seat !== undefined);
      return pending.settled.promise;
    },
    cursor: async (owner, name) => readCursor((await house.whenOpened()).reader, owner, name),
    cursors: async (owner) => readCursors((await house.whenOpened()).reader, owner),
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
    close,
  };
}

/** Nothing is left that keeps the process alive. */
async function closeParts(hold: ClockHold, writer: Writer, house: Housekeeping): Promise<void> {
  hold.stop();
  await writer.close();
  await house.close();
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
