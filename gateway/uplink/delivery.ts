/**
 * Delivery over one connection: greets with the retained messages, then lets events flow strictly in sequence, with
 * retained messages that change in between; notices silence. The books (courier, flights, receipts) only count,
 * `dispatch.ts` decides what may go, `parcels.ts` how rows become messages.
 */
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import type { Place } from '../kernel/names.ts';
import type { Spool } from '../spool/port.ts';
import { alarm } from './alarm.ts';
import type { Confirmer } from './confirmer.ts';
import { courierBook, type CourierBook, type IdRange } from './courier.ts';
import { dispatch } from './dispatch.ts';
import type { ParkedShelf } from './parked-shelf.ts';
import { parcels } from './parcels.ts';
import { receiptWatch } from './receipt-watch.ts';
import { retainedFlights, type RetainedFlights } from './retained-flights.ts';
import { rowSource } from './row-source.ts';
import { secondSending } from './second-sending.ts';
import type { Autopsy, Suspicion } from './suspicion.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { UplinkSettings } from './uplink-settings.ts';
import { MQTT_JS_IDS, type Wire } from './wire.ts';

/** Retained messages under way at once. */
const RETAINED_IN_FLIGHT_MAX = 128;
const RETAINED_IDS: IdRange = { first: MQTT_JS_IDS + 1, last: MQTT_JS_IDS + RETAINED_IN_FLIGHT_MAX };
const EVENT_IDS: IdRange = { first: RETAINED_IDS.last + 1, last: 65_535 };

const READ_AHEAD = { rowsMax: 4_000, bytesMax: 4_194_304 };
const TICK_MS = { min: 10, max: 500 };
/** MQTT 5 section 2.4: reason codes from here on are failures. */
const FAILURE = 0x80;

export interface DeliveryOptions {
  wire: Pick<Wire, 'publish' | 'buffered' | 'inFlightMax'>;
  spool: Spool;
  /** The epoch that `confirmer`, `shelf` and `suspicion` are about. */
  epoch: string;
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
  sent(events: number, coveredThrough: number): void;
  acked(): void;
  caughtUp(): void;
  behind(): void;
  receiptLate(): void;
  /** The broker refused this very event (MQTT 5). */
  refused(sequence: number, reasonCode: number): void;
  /** The broker refused a retained message (MQTT 5); it goes again when it changes, or with the next connection. */
  stateRefused(topic: string, reasonCode: number): void;
  /** A connection in this state is of no use. */
  fault(error: HallError): void;
  /** The spool could not be read just now. */
  trouble(error: HallError): void;
}

export interface Delivery {
  greet(messages: readonly (readonly [topic: string, payload: string])[]): void;
  /** Lets events flow. */
  start(): void;
  /** A retained message changed. */
  enqueue(topic: string, payload: string): void;
  ack(messageId: number, reasonCode: number): void;
  /** A receipt was accepted; `resend`: the centre asks for what follows it, again. */
  receipted(resend: boolean): void;
  /** The centre has been greeted, nothing waits and nothing is under way. */
  idle(): boolean;
  /** Every retained message that was given is acknowledged. */
  boardShown(): boolean;
  inFlight(): number;
  autopsy(): Autopsy;
  stop(): void;
}

export function startDelivery(options: DeliveryOptions): Delivery {
  const { wire, spool, settings, clock, confirmer, suspicion, bucket, on } = options;
  const nowMs = () => clock.monotonicMs();
  const confirmed = () => confirmer.through();
  const book = courierBook(EVENT_IDS, confirmed());
  const flights = retainedFlights(RETAINED_IDS);
  const watch = receiptWatch(settings, nowMs());
  const greeting = checklist(() => {
    suspicion.retainedPassed();
    on.greeted();
  });
  let mode: 'greeting' | 'flowing' | 'stopped' = 'greeting';
  let hasGreeted = false;
  const again = secondSending();

  const pump = (patient = true) => {
    if (mode === 'stopped') return;
    dispatching.run(mode === 'flowing' && !again.pending(), patient);
    if (mode === 'greeting') return;
    if (packing.backlog() > settings.windowRows) on.behind();
    else if (source.exhausted() && book.inFlight() === 0) on.caughtUp();
  };
  const pumpSoon = oncePerTurn(pump);
  const alarmClock = alarm(() => pump(false), nowMs);
  const source = rowSource({
    ...{ spool, epoch: options.epoch, after: confirmed(), ...READ_AHEAD },
    onRows: () => pump(),
    onTrouble: (error) => on.trouble(error),
    onEpochOver: () => on.fault(new HallError('uplink.epoch-over')),
  });
  const packing = parcels({ ...options, source, book, nowMs });
  const dispatching = dispatch({
    ...{ wire, book, flights, source, watch, bucket, suspicion, confirmed, nowMs, parcels: packing },
    windowRows: settings.windowRows,
    again: (delayMs) => alarmClock.within(delayMs),
    sent: (events, through) => on.sent(events, through),
  });

  const tick = () => {
    const silentMs = Math.max(book.waitingMs(nowMs()), flights.waitingMs(nowMs()));
    if (silentMs > settings.ackTimeoutMs) on.fault(silence(silentMs));
    else if (mode === 'flowing' && watch.overdue(nowMs(), book.ackedThrough() > confirmed()))
      again.want('receipt-late', nowMs());
    sendAgain();
    pump();
  };
  /** Back to the first row without receipt, when it is time. */
  const sendAgain = () => {
    const cause = again.take(book.inFlight());
    if (cause === undefined) return;
    book.rewind(confirmed());
    source.rewind(confirmed());
    if (cause === 'receipt-late') {
      watch.rewound(nowMs());
      on.receiptLate();
    }
  };
  const ticking = setInterval(tick, tickMsOf(settings));

  const acks = eventAcks(options, book, nowMs);

  return {
    greet(messages) {
      hasGreeted = true;
      for (const [topic, payload] of messages) flights.enqueue(topic, payload);
      for (const [topic] of messages) greeting.add(topic);
      pump();
    },
    start() {
      mode = 'flowing';
      pump();
    },
    enqueue(topic, payload) {
      flights.enqueue(topic, payload);
      pumpSoon();
    },
    ack(messageId, reasonCode) {
      const topic = flights.ack(messageId, nowMs());
      if (topic === undefined) acks.take(messageId, reasonCode);
      else greeting.tick(topic);
      if (topic !== undefined && reasonCode >= FAILURE) on.stateRefused(topic, reasonCode);
      pumpSoon();
    },
    receipted(resend) {
      watch.receipted(nowMs());
      if (resend && book.coveredThrough() > confirmed()) again.want('asked', nowMs());
      pumpSoon();
    },
    idle: () =>
      hasGreeted &&
      flights.settled() &&
      source.exhausted() &&
      book.inFlight() === 0 &&
      confirmed() >= book.coveredThrough(),
    boardShown: () => flights.settled(),
    inFlight: () => dispatching.inFlight(),
    autopsy: () => autopsyOf(book, flights, packing.newestFirst(), acks.taken()),
    stop() {
      mode = 'stopped';
      clearInterval(ticking);
      alarmClock.stop();
      source.close();
    },
  };
}

/** PUBACKs of events, entered in the book. */
function eventAcks(
  { settings, confirmer, on }: DeliveryOptions,
  book: CourierBook,
  nowMs: () => number,
): { take(messageId: number, reasonCode: number): void; taken(): number } {
  let taken = 0;
  return {
    taken: () => taken,
    take(messageId, reasonCode) {
      const sequence = book.sequenceOf(messageId);
      if (sequence === undefined) return;
      if (reasonCode >= FAILURE) {
        on.refused(sequence, reasonCode);
        return;
      }
      book.ack(messageId, nowMs());
      taken += 1;
      if (settings.confirm === 'puback') confirmer.confirm(book.ackedThrough());
      on.acked();
    },
  };
}

function silence(silentMs: number): HallError {
  return new HallError('uplink.ack-timeout', { message: `No PUBACK for ${silentMs} ms.`, facts: { silentMs } });
}

/** `run` once for everything that happens in one turn of the event loop: the PUBACKs that came in one piece. */
function oncePerTurn(run: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      run();
    });
  };
}

function tickMsOf({ ackTimeoutMs, receiptTimeoutMs }: UplinkSettings): number {
  return Math.max(TICK_MS.min, Math.min(TICK_MS.max, ackTimeoutMs / 4, receiptTimeoutMs / 4));
}

function autopsyOf(
  book: CourierBook,
  flights: RetainedFlights,
  newestFirst: number | undefined,
  eventsAcked: number,
): Autopsy {
  return {
    eventsInFlight: { count: book.inFlight(), first: newestFirst, through: book.sentThrough() },
    retainedInFlight: flights.messagesInFlight(),
    eventsAcked,
  };
}

/** Calls `onComplete` once, when everything that was added is ticked off. */
function checklist(onComplete: () => void): { add(item: string): void; tick(item: string): void } {
  const open = new Set<string>();
  return {
    add: (item) => void open.add(item),
    tick(item) {
      if (open.delete(item) && open.size === 0) onComplete();
    },
  };
}
