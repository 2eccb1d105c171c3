/**
 * The envelope of every event: CloudEvents 1.0 in structured JSON mode, with the sequence extension and three of ours.
 */
import { z } from 'zod';
import type { EventClass } from './kind.ts';
import type { JsonObject } from './json.ts';

/**
 * Where `time` comes from: the gateway's clock when it was known to be right (`synced`), when it was not (`unsynced`),
 * or the device's own clock (`device`).
 */
export type TimeSource = 'synced' | 'unsynced' | 'device';

/** Digits of `sequence`: zero-padded, so that text order is number order, as CloudEvents' sequence extension asks. */
export const SEQUENCE_DIGITS = 16;

export const envelopeSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.ulid().describe('unique for ever together with source'),
  source: z.string().describe('/halls/{hall}/gateways/{gateway}/{kind}/{device}'),
  type: z.string().describe('hall.{what.happened}.v{version}'),
  time: z.iso.datetime().describe('when it happened'),
  recordedtime: z.iso.datetime().describe('when the gateway had it on disk'),
  datacontenttype: z.literal('application/json'),
  sequence: z
    .string()
    .regex(/^\d{16}$/)
    .describe('gapless within an epoch, zero-padded; begins at 1'),
  epoch: z.ulid().describe("identity of the gateway's spool; a new one begins at sequence 1"),
  clock: z.enum(['synced', 'unsynced', 'device']).describe('which clock "time" was read from'),
  data: z.record(z.string(), z.unknown()),
});

/** An event as a consumer sees it. */
export type Envelope = z.output<typeof envelopeSchema>;

/** One thing that happened, as a driver reports it. */
export interface Occurrence {
  /** Key of the kind's `events`, for example `evaluation.submitted`. */
  type: string;
  data: JsonObject;
  /** Milliseconds since 1970 by the device's own clock; absent when the gateway's clock is the witness. */
  deviceTimeMs?: number;
  /** Identity of the happening at its source: a second occurrence of this device with the same key makes no event. */
  naturalKey?: string;
}

/** An event on its way into the spool: everything but id, epoch, sequence and recorded time. */
export interface Draft {
  topic: string;
  source: string;
  /** CloudEvents type in full. */
  type: string;
  class: EventClass;
  data: JsonObject;
  /** Device time in milliseconds; absent: the spool stamps the gateway's clock. */
  deviceTimeMs?: number;
  /** Unique within `source`. */
  naturalKey?: string;
}

/** A sequence number as the envelope writes it. */
export function formatSequence(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, '0');
}
