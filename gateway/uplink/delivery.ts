/**
 * Delivery over one connection: greets with the retained messages, then sends events strictly in sequence within the
 * window, with retained messages that change in between. It decides what goes next; the books (courier, flights, bucket)
 * only count.
 */
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import { backlogTopic } from '../kernel/topics.ts';
import type { Place } from '../kernel/names.ts';
import type { Spool, StoredEvent } from '../spool/port.ts';
import type { Confirmer } from './confirmer.ts';
import { courierBook, type IdRange } from './courier.ts';
import type { ParkedShelf } from './parked-shelf.ts';
import type { Publish } from './publish-encoder.ts';
import { receiptWatch } from './receipt-watch.ts';
import { retainedFlights } from './retained-flights.ts';
import { rowSource } from './row-source.ts';
import type { Autopsy, Suspicion } from './suspicion.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { UplinkSettings } from './uplink-settings.ts';
import { MQTT_JS_IDS, type Wire } from './wire.ts';

/** Retained messages under way at once. */
const RETAINED_IN_FLIGHT_MAX = 128;
const RETAINED_IDS: IdRange = { first: MQTT_JS_IDS + 1, last: MQTT_JS_IDS + RETAINED_IN_FLIGHT_MAX };
const EVENT_IDS: IdRange = { first: RETAINED_IDS.last + 1, last: 65_535 };

/** Read ahead, and bytes of one write. */
const READ_AHEAD_ROWS = 2_000;
const READ_AHEAD_BYTES = 2_097_152;
const WRITE_BYTES_MAX = 1_048_576;
/** Bytes that the network may owe us before we stop writing. */
const BUFFERED_BYTES_MAX = 4_194_304;
const SMALL_CHANGE_MS = 1;
const TICK_MS_MAX = 500;
/** MQTT 5 section 2.4: reason codes from here on are failures. */
const FAILURE = 0x80;

export interface DeliveryOptions {
  wire: Pick<Wire, 'publish' | 'buffered' | 'inFlightMax'>;
  spool: Spool;
  settings: UplinkSettings;
  place: Place;
  clock: Clock;
  confirmer: Confirmer;
  shelf: ParkedShelf;
  suspicion: Suspicion;
  bucket: TokenBucket;
  on: DeliveryListener;
}

export interface DeliveryListener {
  /** Every retained message of the greeting is acknowledged. */
  greeted(): void;
  sent(events: number, throughSequence: number): void;
  acked(): void;
  caughtUp(): void;
  behind(): void;
  receiptLate(): void;
  /** The broker refused this very event (MQTT 5). */
  refused(sequence: number, reasonCode: number): void;
  /** A connection in this state is of no use. */
  fault(error: HallError): void;
  /** The spool could not be read just now. */
  trouble(error: HallError): void;
}

export interface Delivery {
  greet(messages: Iterable<readonly [topic: string, payload: string]>): void;
  /** Lets events flow. */
  start(): void;
  /** A retained message changed. */
  enqueue(topic: string, payload: string): void;
  ack(messageId: number, reasonCode: number): void;
  /** A receipt was accepted. */
  receipted(): void;
  /** Nothing waits and nothing is under way. */
  idle(): boolean;
  inFlight(): number;
  autopsy(): Autopsy;
  stop(): void;
}

export function startDelivery(options: DeliveryOptions): Delivery {
  const { wire, settings, place, clock, confirmer, shelf, suspicion, bucket, on } = options;
  const nowMs = () => clock.monotonicMs();
  const book = courierBook(EVENT_IDS, confirmer.through());
  const flights = retainedFlights(RETAINED_IDS);
  const greeting = new Set<string>();
  const watch = receiptWatch(settings, nowMs());
  const { batch } = settings;
  let flowing = false;
  let rewinding = false;
  let smallChange = false;
  let stopped = false;
  let scheduled = false;
  let eventsAcked = 0;
  let lastFirst: number | undefined;
  let companySinceMs: number | undefined;
  let later: NodeJS.Timeout | undefined;
  let laterDueMs = 0;

  const source = rowSource({
    spool: options.spool,
    after: confirmer.through(),
    rowsMax: READ_AHEAD_ROWS,
    bytesMax: READ_AHEAD_BYTES,
    onRows: () => pump(),
    onTrouble: on.trouble,
  });

  const totalInFlight = () => book.inFlight() + flights.inFlight();
  const backlog = () => source.head() - book.sentThrough();
  const careful = () => book.sentThrough() < suspicion.carefulThrough();
  const batching = () =>
    batch !== undefined && !careful() && (batch.delayMs !== undefined || backlog() > batch.rowsMax);

  /** Messages that may go now. */
  const messageRoom = (): number => {
    if (rewinding) return 0;
    if (careful()) return totalInFlight() === 0 ? 1 : 0;
    if (wire.buffered() > BUFFERED_BYTES_MAX) return 0;
    const room = Math.min(settings.windowRows - book.inFlight(), wire.inFlightMax - totalInFlight());
    // Small change is saved up for a moment while a backlog drains: many small writes cost more than a few large ones.
    // No longer than that: a broker with Nagle's algorithm holds its last PUBACKs back until we send something.
    const worthIt = room * 4 >= Math.min(settings.windowRows, wire.inFlightMax) || source.waiting() <= room;
    if (worthIt || smallChange) return room;
    if (room > 0) after(SMALL_CHANGE_MS);
    return 0;
  };
  const rowRoom = () =>
    Math.min(bucket.available(nowMs()), watch.room(book.sentThrough(), confirmer.through()), source.waiting());

  const pump = () => {
    if (stopped) return;
    sendRetained();
    if (flowing) {
      while (sendEvents());
      source.wake();
      tellWhereWeAre();
    }
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      pump();
    });
  };
  /** Pumps again in `delayMs` at the latest. */
  const after = (delayMs: number) => {
    const dueMs = nowMs() + delayMs;
    if (later && laterDueMs <= dueMs) return;
    clearTimeout(later);
    laterDueMs = dueMs;
    later = setTimeout(() => {
      later = undefined;
      smallChange = true;
      pump();
      smallChange = false;
    }, delayMs);
  };

  const sendRetained = () => {
    const one = suspicion.carefulRetained() || (flowing && careful());
    const budget = one ? 1 - totalInFlight() : wire.inFlightMax - totalInFlight();
    const messages = flights.take(Math.max(0, budget), nowMs());
    if (messages.length > 0) wire.publish(messages);
  };

  const sendEvents = (): boolean => {
    const messages = messageRoom();
    const rows = rowRoom();
    if (messages <= 0 || rows <= 0 || waitsForCompany(rows)) {
      if (source.waiting() > 0 && bucket.available(nowMs()) === 0) after(bucket.waitMs(nowMs()));
      return false;
    }
    const sentBefore = book.sentThrough();
    const publishes = batching() ? takeBatches(messages, rows) : takeSingles(Math.min(messages, rows));
    companySinceMs = undefined;
    wire.publish(publishes);
    watch.sent(nowMs());
    return book.sentThrough() > sentBefore;
  };
  const take = (rowsMax: number, bytesMax: number): StoredEvent[] => {
    const rows = source.take(rowsMax, bytesMax).map((row) => shelf.standIn(row));
    bucket.spend(rows.length);
    const last = rows.at(-1);
    if (last) on.sent(rows.length, last.sequence);
    return rows;
  };
  const takeSingles = (rowsMax: number): Publish[] =>
    take(rowsMax, WRITE_BYTES_MAX).map((row) => {
      lastFirst = row.sequence;
      return { id: book.post(row.sequence, nowMs()), topic: row.topic, payload: row.body, retain: false };
    });
  const takeBatches = (messagesMax: number, rowsMax: number): Publish[] => {
    const publishes: Publish[] = [];
    let left = rowsMax;
    let bytes = 0;
    while (publishes.length < messagesMax && left > 0 && bytes < WRITE_BYTES_MAX) {
      const rows = takeBatch(left);
      const through = rows.at(-1)?.sequence;
      if (through === undefined) break;
      lastFirst = rows[0]?.sequence;
      const payload = `[${rows.map((row) => row.body).join(',')}]`;
      publishes.push({ id: book.post(through, nowMs()), topic: backlogTopic(place), payload, retain: false });
      left -= rows.length;
      bytes += payload.length;
    }
    return publishes;
  };
  const takeBatch = (rowsMax: number): StoredEvent[] => {
    const rows = batch?.rowsMax ?? 1;
    const bytes = (batch?.bytesMax ?? 0) / 2 ** suspicion.batchHalvings();
    return take(Math.min(rows, rowsMax), bytes);
  };
  const waitsForCompany = (rows: number): boolean => {
    if (batch?.delayMs === undefined || rows >= batch.rowsMax) return false;
    companySinceMs ??= nowMs();
    const leftMs = companySinceMs + batch.delayMs - nowMs();
    if (leftMs > 0) after(leftMs);
    return leftMs > 0;
  };

  const tellWhereWeAre = () => {
    if (backlog() > settings.windowRows) on.behind();
    else if (source.waiting() === 0 && book.inFlight() === 0 && backlog() <= 0) on.caughtUp();
  };

  const tick = () => {
    if (Math.max(book.waitingMs(nowMs()), flights.waitingMs(nowMs())) > settings.ackTimeoutMs) {
      const facts = { inFlight: totalInFlight(), ackTimeoutMs: settings.ackTimeoutMs };
      on.fault(new HallError('uplink.ack-timeout', { message: `No PUBACK for ${settings.ackTimeoutMs} ms.`, facts }));
      return;
    }
    if (flowing && watch.overdue(nowMs(), book.ackedThrough() > confirmer.through())) rewinding = true;
    if (rewinding && book.inFlight() === 0) sendAgain();
    pump();
  };
  const sendAgain = () => {
    rewinding = false;
    on.receiptLate();
    watch.rewound(nowMs());
    book.rewind(confirmer.through());
    source.rewind(confirmer.through());
  };
  const tickMs = Math.max(10, Math.min(TICK_MS_MAX, settings.ackTimeoutMs / 4, settings.receiptTimeoutMs / 4));
  const ticking = setInterval(tick, tickMs);

  const ackRetained = (topic: string) => {
    if (greeting.delete(topic) && greeting.size === 0) {
      suspicion.retainedPassed();
      on.greeted();
    }
    schedule();
  };
  const ackEvent = (messageId: number, reasonCode: number) => {
    const sequence = book.sequenceOf(messageId);
    if (sequence !== undefined && reasonCode >= FAILURE) {
      on.refused(sequence, reasonCode);
      return;
    }
    if (!book.ack(messageId, nowMs())) return;
    eventsAcked += 1;
    if (settings.confirm === 'puback') confirmer.confirm(book.ackedThrough());
    on.acked();
    schedule();
  };

  return {
    greet(messages) {
      for (const [topic, payload] of messages) {
        greeting.add(topic);
        flights.enqueue(topic, payload);
      }
      pump();
    },
    start() {
      flowing = true;
      pump();
    },
    enqueue(topic, payload) {
      flights.enqueue(topic, payload);
      schedule();
    },
    ack(messageId, reasonCode) {
      const topic = flights.ack(messageId, nowMs());
      if (topic === undefined) ackEvent(messageId, reasonCode);
      else ackRetained(topic);
    },
    receipted() {
      watch.receipted(nowMs());
      schedule();
    },
    idle: () => flights.settled() && book.inFlight() === 0 && confirmer.through() >= source.head(),
    inFlight: totalInFlight,
    autopsy: () => ({
      eventsInFlight: { count: book.inFlight(), first: lastFirst, through: book.sentThrough() },
      retainedInFlight: flights.topicsInFlight(),
      eventsAcked,
    }),
    stop() {
      stopped = true;
      clearInterval(ticking);
      clearTimeout(later);
      source.close();
    },
  };
}
