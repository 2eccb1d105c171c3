/**
 * Writes an event as CloudEvents JSON text. Written by hand because it runs once for every event that enters the spool;
 * `envelope.test.ts` holds it against the schema.
 */
import { formatSequence, type TimeSource } from './event.ts';

export interface EnvelopeFields {
  /** ULID. */
  id: string;
  source: string;
  /** CloudEvents type in full. */
  type: string;
  /** Milliseconds since 1970. */
  timeMs: number;
  /** Milliseconds since 1970. */
  recordedMs: number;
  sequence: number;
  epoch: string;
  clock: TimeSource;
  /** `data` as JSON text. */
  dataText: string;
}

/** The envelope as JSON text, keys in the order of `envelopeSchema`. */
export function renderEnvelope(fields: EnvelopeFields): string {
  const { id, source, type, timeMs, recordedMs, sequence, epoch, clock, dataText } = fields;
  const recorded = isoTime(recordedMs);
  return (
    `{"specversion":"1.0","id":"${id}","source":${JSON.stringify(source)},"type":${JSON.stringify(type)},` +
    `"time":"${timeMs === recordedMs ? recorded : isoTime(timeMs)}","recordedtime":"${recorded}",` +
    `"datacontenttype":"application/json","sequence":"${formatSequence(sequence)}","epoch":"${epoch}",` +
    `"clock":"${clock}","data":${dataText}}`
  );
}

/** First and last millisecond that ISO 8601 writes with a four-digit year. */
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** ISO 8601 in UTC. A time that no calendar knows (a device may say anything) becomes the nearest one that it does. */
function isoTime(ms: number): string {
  const whole = Number.isFinite(ms) ? Math.round(ms) : 0;
  return new Date(Math.min(LATEST_MS, Math.max(EARLIEST_MS, whole))).toISOString();
}
