/**
 * What may go onto the wire now: the window, the broker's own limit, the rate, the receipts and the network's buffer all
 * have a say.
 */
import type { CourierBook } from './courier.ts';
import type { Parcels } from './parcels.ts';
import type { ReceiptWatch } from './receipt-watch.ts';
import type { RetainedFlights } from './retained-flights.ts';
import type { RowSource } from './row-source.ts';
import type { Suspicion } from './suspicion.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { Wire } from './wire.ts';

/** Bytes that the network may owe us before we stop writing. */
const BUFFERED_BYTES_MAX = 4_194_304;
/** A window this full is worth a write at once. */
const WORTH_SHARE = 1 / 4;
/** Less room than that waits this long for more. */
const SMALL_CHANGE_MS = 1;

export interface DispatchOptions {
  wire: Pick<Wire, 'publish' | 'buffered' | 'inFlightMax'>;
  windowRows: number;
  book: CourierBook;
  flights: RetainedFlights;
  source: RowSource;
  parcels: Parcels;
  watch: ReceiptWatch;
  bucket: TokenBucket;
  suspicion: Suspicion;
  /** Everything up to here is safe with the centre. */
  confirmed(): number;
  nowMs: () => number;
  /** Asks to be called again in `delayMs` at the latest, with `patient` false. */
  again(delayMs: number): void;
  sent(events: number, throughSequence: number): void;
}

export interface Dispatch {
  /** Sends what may go; events only when `flowing`. `patient`: little room waits for more. */
  run(flowing: boolean, patient: boolean): void;
  inFlight(): number;
}

export function dispatch(options: DispatchOptions): Dispatch {
  const { wire, book, flights, source, parcels, watch, bucket, nowMs } = options;
  const window = Math.min(options.windowRows, wire.inFlightMax);
  const openedMs = nowMs();
  const inFlight = () => book.inFlight() + flights.inFlight();

  const sendRetained = (flowing: boolean) => {
    const oneByOne = options.suspicion.carefulRetained() || (flowing && parcels.careful());
    const messages = flights.take(Math.max(0, (oneByOne ? 1 : wire.inFlightMax) - inFlight()), nowMs());
    if (messages.length > 0) wire.publish(messages);
  };
  const isCalm = (): boolean => {
    const leftMs = openedMs + options.suspicion.calmMs() - nowMs();
    if (leftMs > 0) options.again(leftMs);
    return leftMs <= 0;
  };
  const messageRoom = (patient: boolean): number => {
    if (parcels.careful()) return inFlight() === 0 && isCalm() ? 1 : 0;
    if (wire.buffered() > BUFFERED_BYTES_MAX) return 0;
    const room = Math.min(window - book.inFlight(), wire.inFlightMax - inFlight());
    // Many small writes cost more than a few large ones. But not for long: a broker with Nagle's algorithm holds its
    // last PUBACKs back until it hears from us.
    if (!patient || room >= window * WORTH_SHARE || source.waiting() <= room) return room;
    if (room > 0) options.again(SMALL_CHANGE_MS);
    return 0;
  };
  const rowRoom = (): number => {
    const tokens = bucket.available(nowMs());
    if (tokens === 0 && source.waiting() > 0) options.again(bucket.waitMs(nowMs()));
    return Math.min(tokens, watch.room(book.coveredThrough(), options.confirmed()), source.waiting());
  };
  /** Sends one write's worth; false when nothing may go. */
  const sendEvents = (patient: boolean): boolean => {
    const rowsMax = rowRoom();
    const messagesMax = rowsMax > 0 ? messageRoom(patient) : 0;
    if (messagesMax <= 0) return false;
    const companyMs = parcels.companyMs(rowsMax);
    if (companyMs > 0) {
      options.again(companyMs);
      return false;
    }
    const { publishes, rows } = parcels.pack(messagesMax, rowsMax);
    bucket.spend(rows);
    wire.publish(publishes);
    watch.sent(nowMs());
    options.sent(rows, book.coveredThrough());
    return rows > 0;
  };

  return {
    inFlight,
    run(flowing, patient) {
      sendRetained(flowing);
      if (!flowing) return;
      while (sendEvents(patient));
      source.wake();
    },
  };
}
