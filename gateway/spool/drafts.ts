/**
 * Prepares an append for the writer: text instead of objects, time and natural key settled, size checked.
 */
import { HallError } from '../kernel/errors.ts';
import type { Draft } from '../kernel/event.ts';
import { deferred } from '../kernel/waiting.ts';
import type { PendingAppend, PreparedDraft } from './batch.ts';
import type { Stamp } from './clock-hold.ts';
import { RECORD_ROW, TELEMETRY_ROW } from './event-row.ts';
import { keyName } from './natural-key.ts';
import type { Append } from './port.ts';

/** UTF-8 takes at most this many bytes for one UTF-16 unit; shorter text need not be measured. */
const BYTES_PER_UNIT_MAX = 3;

/**
 * @throws HallError `spool.event-too-large` when the data of one event is larger than `eventBytesMax`.
 */
export function prepareAppend(
  { drafts, cursors = [] }: Append,
  eventBytesMax: number,
  stamp: (deviceTimeMs: number | undefined) => Stamp,
): PendingAppend {
  return {
    drafts: drafts.map((draft) => prepareDraft(draft, eventBytesMax, stamp(draft.deviceTimeMs))),
    cursors: cursors.map(({ owner, name, value }) => {
      return { owner, name, valueText: value === null ? null : JSON.stringify(value) };
    }),
    settled: deferred(),
  };
}

function prepareDraft(draft: Draft, eventBytesMax: number, stamp: Stamp): PreparedDraft {
  const dataText = JSON.stringify(draft.data);
  if (dataText.length * BYTES_PER_UNIT_MAX > eventBytesMax) refuseLarge(dataText, draft, eventBytesMax);
  const { topic, source, type, naturalKey } = draft;
  return {
    topic,
    source,
    type,
    rowClass: draft.class === 'telemetry' ? TELEMETRY_ROW : RECORD_ROW,
    dataText,
    ...stamp,
    key: naturalKey === undefined ? undefined : keyName(source, naturalKey),
  };
}

function refuseLarge(dataText: string, { source, type }: Draft, eventBytesMax: number): void {
  const bytes = Buffer.byteLength(dataText);
  if (bytes <= eventBytesMax) return;
  throw new HallError('spool.event-too-large', {
    message: `An event ${type} of ${source} has ${bytes} bytes; the limit is ${eventBytesMax}.`,
    facts: { source, type, bytes, eventBytesMax },
  });
}
