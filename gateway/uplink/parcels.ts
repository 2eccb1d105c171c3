/**
 * Rows become messages: one event a message, or, while a backlog drains and `uplink.batch` is set, CloudEvents JSON
 * batches on the backlog topic. Whole rows, in order; a batch's PUBACK covers its rows.
 */
import { backlogTopic } from '../kernel/topics.ts';
import type { Place } from '../kernel/names.ts';
import { coveredBy, type StoredEvent } from '../spool/port.ts';
import type { CourierBook } from './courier.ts';
import type { ParkedShelf } from './parked-shelf.ts';
import type { Publish } from './publish-encoder.ts';
import type { RowSource } from './row-source.ts';
import type { Suspicion } from './suspicion.ts';
import type { UplinkSettings } from './uplink-settings.ts';

/** Bytes of one write. */
const WRITE_BYTES_MAX = 1_048_576;

export interface ParcelOptions {
  settings: Pick<UplinkSettings, 'batch'>;
  place: Place;
  source: RowSource;
  book: CourierBook;
  shelf: Pick<ParkedShelf, 'standIn'>;
  suspicion: Suspicion;
  nowMs: () => number;
}

export interface Parcels {
  /** Rows not yet sent. */
  backlog(): number;
  /** One message at a time: among the rows ahead may be one that the broker dies of. */
  careful(): boolean;
  /** Takes rows and enters them in the book: at most so many messages, so many rows. */
  pack(messagesMax: number, rowsMax: number): { publishes: Publish[]; rows: number };
  /** Lowest sequence in the newest message. */
  newestFirst(): number | undefined;
  /** Milliseconds that `rows` live rows should still wait for company (`batch.delayMs`); 0: go. */
  companyMs(rows: number): number;
}

export function parcels({ settings, place, source, book, shelf, suspicion, nowMs }: ParcelOptions): Parcels {
  const { batch } = settings;
  const topic = backlogTopic(place);
  let newestFirst: number | undefined;
  let companySinceMs: number | undefined;

  const backlog = () => (source.exhausted() ? 0 : source.head() - book.sentThrough());
  const careful = () => book.sentThrough() < suspicion.carefulThrough();
  const take = (rowsMax: number, bytesMax: number): StoredEvent[] =>
    source.take(rowsMax, bytesMax).map((row) => shelf.standIn(row));
  const single = (row: StoredEvent): Publish => {
    newestFirst = row.sequence;
    return { id: book.post(row.sequence, nowMs(), coveredBy(row)), topic: row.topic, payload: row.body, retain: false };
  };
  const joined = (rows: readonly StoredEvent[], last: StoredEvent): Publish => {
    newestFirst = rows[0]?.sequence;
    const payload = `[${rows.map((row) => row.body).join(',')}]`;
    return { id: book.post(last.sequence, nowMs(), coveredBy(last)), topic, payload, retain: false };
  };
  const packSingles = (rowsMax: number) => {
    const publishes = take(rowsMax, WRITE_BYTES_MAX).map(single);
    return { publishes, rows: publishes.length };
  };
  const packBatches = (messagesMax: number, rowsMax: number, limits: NonNullable<typeof batch>) => {
    const publishes: Publish[] = [];
    const bytesMax = limits.bytesMax / 2 ** suspicion.batchHalvings();
    let packed = 0;
    for (let bytes = 0; publishes.length < messagesMax && bytes < WRITE_BYTES_MAX;) {
      const rows = take(Math.min(limits.rowsMax, rowsMax - packed), bytesMax);
      const last = rows.at(-1);
      if (!last) break;
      const publish = rows.length === 1 ? single(last) : joined(rows, last);
      publishes.push(publish);
      packed += rows.length;
      bytes += publish.payload.length;
    }
    return { publishes, rows: packed };
  };

  return {
    backlog,
    careful,
    pack(messagesMax, rowsMax) {
      companySinceMs = undefined;
      const batching = batch && !careful() && (batch.delayMs !== undefined || backlog() > batch.rowsMax);
      return batching ? packBatches(messagesMax, rowsMax, batch) : packSingles(Math.min(messagesMax, rowsMax));
    },
    newestFirst: () => newestFirst,
    companyMs(rows) {
      if (batch?.delayMs === undefined || rows >= batch.rowsMax) return 0;
      companySinceMs ??= nowMs();
      return Math.max(0, companySinceMs + batch.delayMs - nowMs());
    },
  };
}
