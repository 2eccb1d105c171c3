/**
 * The spool: the durable outbox between the devices and the centre.
 */
import { monotonicFactory } from 'ulid';
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import type { Draft } from '../kernel/event.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import { deferred, once } from '../kernel/waiting.ts';
import type { PendingAppend, PreparedDraft } from './batch.ts';
import { clockHold, storeShift } from './clock-hold.ts';
import { readCursors } from './cursor-table.ts';
import type { OpenEngine } from './engine.ts';
import { RECORD_ROW, TELEMETRY_ROW } from './event-row.ts';
import { DEFAULT_LIMITS, PAGE_BYTES, type SpoolLimits } from './limits.ts';
import { writeMeta } from './meta.ts';
import { keyName } from './natural-key.ts';
import type { Append, Spool, SpoolStatus, StoredEvent } from './port.ts';
import { readEvents } from './reader.ts';
import { repairRange, type TombstoneMaker } from './repair.ts';
import { openSqlite3 } from './sqlite3-engine.ts';
import { openStore, type Store } from './store.ts';
import { isCorruption, isRefusal, troubleKeeper, troubleOf } from './trouble.ts';
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
  const { directory, place, clock, log } = options;
  const limits: SpoolLimits = { ...DEFAULT_LIMITS, ...withoutUndefined(options) };
  const ulid = monotonicFactory();
  const nextId = () => ulid(Math.max(0, Math.floor(clock.now())));
  const committedListeners = new Set<(events: readonly StoredEvent[]) => void>();
  const statusListeners = new Set<(status: SpoolStatus) => void>();
  let store: Store | undefined;

  const tell = <T>(listeners: ReadonlySet<(news: T) => void>, news: T) => {
    for (const listener of listeners) {
      try {
        listener(news);
      } catch (thrown) {
        log.error('spool.listener-failed', thrown);
      }
    }
  };
  const tellStatus = () => tell(statusListeners, status());
  /** Nothing new, but a reader that found nothing before may find something now. */
  const tellReaders = () => tell<readonly StoredEvent[]>(committedListeners, []);
  const trouble = troubleKeeper(log, tellStatus);

  const hold = clockHold({
    clock,
    patienceMs: limits.clockPatienceMs,
    pollMs: limits.clockPollMs,
    settle: (shiftMs) => writer.task((opened) => storeShift(opened, clock.bootId, shiftMs)),
    released: tellReaders,
  });

  const open = async (): Promise<Store> => {
    if (store) return store;
    const opened = await openStore({
      directory,
      place,
      clock,
      log,
      openEngine: options.openEngine ?? openSqlite3,
      quotaBytes: limits.quotaBytes,
      nextId,
    });
    await hold.recall(opened);
    return (store = opened);
  };

  const mark: TombstoneMaker = ({ through }, reason) => ({
    id: nextId(),
    through,
    reason,
    class: reason === 'quota' ? 'telemetry' : 'unknown',
    ms: clock.now(),
    clock: clock.synced() ? 'synced' : 'unsynced',
  });

  const writer = startWriter({
    limits,
    clock,
    nextId,
    store: open,
    committed(rows) {
      hold.committed(rows);
      tell<readonly StoredEvent[]>(committedListeners, rows);
    },
    well() {
      const before = trouble.current;
      trouble.leave();
      if (before) tellReaders();
    },
    async refused(thrown, refusing) {
      trouble.enter(troubleOf(thrown, directory));
      if (isCorruption(thrown) && refusing) {
        store = undefined;
        await refusing.close();
      }
      return 'later';
    },
  });

  const status = (): SpoolStatus => {
    const ledger = store?.ledger;
    return {
      epoch: ledger?.epoch ?? '',
      head: ledger?.head ?? 0,
      confirmed: ledger?.confirmed ?? 0,
      depth: ledger ? ledger.head - ledger.confirmed : 0,
      oldestUnsentMs: ledger?.oldestUnsentMs,
      bytes: (ledger?.pagesUsed ?? 0) * PAGE_BYTES,
      quotaBytes: limits.quotaBytes,
      quotaStep: ledger?.quotaStep ?? 0,
      waiting: writer.waiting,
      lost: ledger?.lost ?? 0,
      trouble: trouble.current,
    };
  };

  const prepare = (draft: Draft): PreparedDraft => {
    const dataText = JSON.stringify(draft.data);
    if (dataText.length * 3 > limits.eventBytesMax) refuseLarge(dataText, draft, limits.eventBytesMax);
    return {
      topic: draft.topic,
      source: draft.source,
      type: draft.type,
      rowClass: draft.class === 'telemetry' ? TELEMETRY_ROW : RECORD_ROW,
      dataText,
      ...hold.stamp(draft.deviceTimeMs),
      key: draft.naturalKey === undefined ? undefined : keyName(draft.source, draft.naturalKey),
    };
  };

  const prepareAppend = ({ drafts, cursors = [] }: Append): PendingAppend => ({
    drafts: drafts.map(prepare),
    cursors: cursors.map(({ owner, name, value }) => ({
      owner,
      name,
      valueText: value === null ? null : JSON.stringify(value),
    })),
    settled: deferred(),
  });

  try {
    await open();
  } catch (thrown) {
    if (isRefusal(thrown)) throw thrown;
    trouble.enter(troubleOf(thrown, directory));
  }

  return {
    get epoch() {
      return store?.ledger.epoch ?? '';
    },
    async append(append) {
      const seat = writer.seat();
      if (seat) await seat;
      const pending = prepareAppend(append);
      writer.append(pending);
      return pending.settled.promise;
    },
    async cursor(owner, name) {
      return store ? (await readCursors(store.reader, owner)).get(name) : undefined;
    },
    async cursors(owner) {
      return store ? await readCursors(store.reader, owner) : new Map();
    },
    read: async (range) => {
      if (!store) return [];
      return readEvents(store, range, {
        place,
        heldFrom: () => hold.heldFrom,
        repair: async (from, through) => {
          await writer.task((opened) => repairRange(opened, from, through, mark));
        },
      });
    },
    confirm: (through) => writer.confirm(through),
    status,
    onCommitted(listener) {
      committedListeners.add(listener);
      return () => committedListeners.delete(listener);
    },
    onStatus(listener) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    probe: () => writer.task(({ writer: engine }) => writeMeta(engine, 'probe', nextId())),
    close: once(async () => {
      hold.stop();
      await writer.close();
      await store?.close();
    }),
  };
}

function refuseLarge(dataText: string, draft: Draft, eventBytesMax: number): void {
  const bytes = Buffer.byteLength(dataText);
  if (bytes <= eventBytesMax) return;
  throw new HallError('spool.event-too-large', {
    message: `An event ${draft.type} of ${draft.source} has ${bytes} bytes; the limit is ${eventBytesMax}.`,
    facts: { source: draft.source, type: draft.type, bytes, eventBytesMax },
  });
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
