/**
 * What stands in the place of events that are gone. It is stored short (telemetry is dropped to make room) and becomes
 * the event `hall.gateway.lost.v1` when it is read; its own sequence is the first of the range that it covers.
 */
import { createHash } from 'node:crypto';
import { renderEnvelope } from '../kernel/envelope.ts';
import type { Place } from '../kernel/names.ts';
import { eventTopic, GATEWAY_KIND, sourceOf } from '../kernel/topics.ts';
import type { Clock } from '../kernel/clock.ts';
import { TOMBSTONE_ROW, type EventRow } from './event-row.ts';
import type { StoredEvent } from './port.ts';

export const LOST_TYPE = 'hall.gateway.lost.v1';

/** A ULID is the time and then chance, in Crockford's alphabet. */
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_SYMBOLS = 10;
const RANDOM_SYMBOLS = 16;

export interface Tombstone {
  id: string;
  /** Last sequence of the range. */
  through: number;
  reason: 'quota' | 'corrupt';
  class: 'telemetry' | 'unknown';
  /** When the loss was noted, milliseconds since 1970. */
  ms: number;
  clock: 'synced' | 'unsynced';
}

/**
 * What is left of a tombstone for who knows of everything before `from`: a notice of its own, the same at each reading.
 * The range is shorter, so it has another id, made of the first one's time and of both.
 */
export function cutTombstone(tombstone: Tombstone, from: number): Tombstone {
  const digest = createHash('sha256').update(`${tombstone.id} ${from}`).digest();
  const symbols = Array.from(digest.subarray(0, RANDOM_SYMBOLS), (byte) => CROCKFORD.charAt(byte % CROCKFORD.length));
  return { ...tombstone, id: `${tombstone.id.slice(0, TIME_SYMBOLS)}${symbols.join('')}` };
}

/** The row that covers `sequence` to `tombstone.through`. */
export function tombstoneRow(sequence: number, tombstone: Tombstone): EventRow {
  const body = JSON.stringify(tombstone);
  return { sequence, class: TOMBSTONE_ROW, boot: null, monotonicMs: null, topic: '', body };
}

/** The tombstone in a row whose checksum is right, or undefined when the row is an ordinary event. */
export function tombstoneOf(row: EventRow): Tombstone | undefined {
  return row.class === TOMBSTONE_ROW ? (JSON.parse(row.body) as Tombstone) : undefined;
}

/** The event that tells the centre. */
export function lostEvent(sequence: number, tombstone: Tombstone, place: Place, epoch: string): StoredEvent {
  const { id, through, reason, ms, clock } = tombstone;
  const data = { from: sequence, through, count: through - sequence + 1, reason, class: tombstone.class };
  const body = renderEnvelope({
    id,
    source: sourceOf(place, GATEWAY_KIND, place.gateway),
    type: LOST_TYPE,
    timeMs: ms,
    recordedMs: ms,
    sequence,
    epoch,
    clock,
    dataText: JSON.stringify(data),
  });
  return { sequence, topic: eventTopic(place.hall, GATEWAY_KIND, place.gateway, LOST_TYPE), body, through };
}

/** First and last of consecutive sequences. */
export interface Run {
  from: number;
  through: number;
}

export type TombstoneMaker = (run: Run, reason: Tombstone['reason']) => Tombstone;

export function tombstoneMaker(clock: Clock, nextId: () => string): TombstoneMaker {
  return ({ through }, reason) => ({
    id: nextId(),
    through,
    reason,
    class: reason === 'quota' ? 'telemetry' : 'unknown',
    ms: clock.now(),
    clock: clock.synced() ? 'synced' : 'unsynced',
  });
}
