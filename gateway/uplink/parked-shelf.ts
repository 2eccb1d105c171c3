/**
 * Messages that the centre's broker cannot bear: it cuts the connection at each of them. Such an event is set aside on
 * disk, and in its place, with its sequence number, goes a short `hall.gateway.parked.v1` that explains the hole. The
 * shelf lives in the spool's cursors, so that parking is durable before the row may go.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { HallError } from '../kernel/errors.ts';
import { formatSequence } from '../kernel/event.ts';
import type { Json } from '../kernel/json.ts';
import type { Place } from '../kernel/names.ts';
import { eventTopic, GATEWAY_KIND, sourceOf } from '../kernel/topics.ts';
import type { Spool, StoredEvent } from '../spool/port.ts';

/** Owner of the shelf among the spool's cursors; one cursor an event, named `{epoch}/{sequence}`. */
export const SHELF_OWNER = 'uplink/parked';

const PARKED_MAX = 1_000;

const parkedSchema = z.object({
  topic: z.string(),
  /** The CloudEvents envelope as JSON text. */
  body: z.string(),
  parkedAtMs: z.number(),
  /** What the broker said of it (MQTT 5); absent: it cut the connection. */
  reasonCode: z.int().optional(),
});

/** An event on the shelf. */
type Parked = z.output<typeof parkedSchema>;

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export interface ParkedShelf {
  /** The epoch whose rows it holds. */
  readonly epoch: string;
  /** What is to be sent for a row: the row itself, or the notice that stands in its place. */
  standIn(row: StoredEvent): StoredEvent;
  /**
   * Sets the row with this sequence aside; resolves with true when it is durable, with false when there is no such row.
   * `reasonCode` is the broker's, if it gave one.
   *
   * @throws HallError `uplink.shelf-full`
   */
  park(sequence: number, reasonCode?: number): Promise<boolean>;
  size(): number;
}

/** Opens the shelf of the spool's present epoch with what was parked before. */
export async function openParkedShelf(spool: Spool, place: Place, clock: Clock): Promise<ParkedShelf> {
  const { epoch } = spool;
  const parkedAtMs = new Map<number, number>();
  // A disk that could not be read yet gives no rows either, and the link must not wait for it.
  const stored = epoch === '' ? [] : await spool.cursors(SHELF_OWNER);
  for (const [name, value] of stored) {
    const [ofEpoch, sequence] = name.split('/');
    const parked = parkedSchema.safeParse(value).data;
    if (ofEpoch === epoch) parkedAtMs.set(Number(sequence), parked?.parkedAtMs ?? 0);
  }
  return {
    epoch,
    size: () => parkedAtMs.size,
    standIn(row) {
      const nowMs = parkedAtMs.get(row.sequence);
      return nowMs === undefined ? row : notice(row, epoch, place, nowMs);
    },
    async park(sequence, reasonCode) {
      if (parkedAtMs.size >= PARKED_MAX) throw new HallError('uplink.shelf-full', { facts: { parked: PARKED_MAX } });
      const [row] = await spool.read({ after: sequence - 1, rowsMax: 1, bytesMax: Number.MAX_SAFE_INTEGER });
      if (row?.sequence !== sequence || spool.epoch !== epoch) return false;
      const atMs = clock.now();
      const name = `${epoch}/${formatSequence(sequence)}`;
      const parked = { topic: row.topic, body: row.body, parkedAtMs: atMs };
      const value: Json = reasonCode === undefined ? parked : { ...parked, reasonCode };
      await spool.append({ drafts: [], cursors: [{ owner: SHELF_OWNER, name, value }] });
      parkedAtMs.set(sequence, atMs);
      return true;
    },
  };
}

export interface ParkedEvent extends Parked {
  epoch: string;
  sequence: number;
}

/** What a shelf holds, of all epochs, in the order in which it was recorded. `stored` are the cursors of `SHELF_OWNER`. */
export function parkedEvents(stored: ReadonlyMap<string, Json>): ParkedEvent[] {
  const names = [...stored.keys()].sort();
  return names.flatMap((name) => {
    const [epoch = '', sequence] = name.split('/');
    const parked = parkedSchema.safeParse(stored.get(name)).data;
    return parked ? [{ ...parked, epoch, sequence: Number(sequence) }] : [];
  });
}

/** The event that explains the hole; built from what is stored only, so that sending it again repeats it exactly. */
function notice(row: StoredEvent, epoch: string, place: Place, atMs: number): StoredEvent {
  const type = 'hall.gateway.parked.v1';
  const time = new Date(atMs).toISOString();
  const envelope = {
    specversion: '1.0',
    id: noticeId(epoch, row.sequence),
    source: sourceOf(place, GATEWAY_KIND, place.gateway),
    type,
    time,
    recordedtime: time,
    datacontenttype: 'application/json',
    sequence: formatSequence(row.sequence),
    epoch,
    clock: 'synced',
    data: { sequence: row.sequence, topic: row.topic, bytes: Buffer.byteLength(row.body) },
  };
  const topic = eventTopic(place.hall, GATEWAY_KIND, place.gateway, type);
  return { sequence: row.sequence, topic, body: JSON.stringify(envelope) };
}

/** An id in ULID's alphabet that depends on nothing but the hole: the same after every restart. */
function noticeId(epoch: string, sequence: number): string {
  const digest = createHash('sha256').update(`parked ${epoch} ${sequence}`).digest();
  const symbols = Array.from(digest.subarray(0, 25), (byte) => CROCKFORD.charAt(byte % 32));
  return `0${symbols.join('')}`;
}
