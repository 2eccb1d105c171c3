/**
 * From drafts to rows: everything of one group commit that can be decided before the disk is asked.
 */
import type { Recorded } from '../kernel/driver.ts';
import { renderEnvelope } from '../kernel/envelope.ts';
import type { TimeSource } from '../kernel/event.ts';
import type { Deferred } from '../kernel/waiting.ts';
import type { CursorWrite } from './cursor-table.ts';
import type { RECORD_ROW, TELEMETRY_ROW } from './event-row.ts';
import { type EventRow } from './event-row.ts';
import { keyText, type KeyName, type KeyRow } from './natural-key.ts';

/** A draft with everything settled that does not depend on its place in the sequence. */
export interface PreparedDraft {
  topic: string;
  source: string;
  type: string;
  rowClass: typeof RECORD_ROW | typeof TELEMETRY_ROW;
  dataText: string;
  timeMs: number;
  clock: TimeSource;
  /** Set when the wall clock could not be believed: monotonic milliseconds of this boot. */
  monotonicMs: number | null;
  key: KeyName | undefined;
}

export interface PendingAppend {
  drafts: readonly PreparedDraft[];
  cursors: readonly CursorWrite[];
  settled: Deferred<Recorded[]>;
}

export interface Batch {
  epoch: string;
  /** Newest sequence when this batch is durable. */
  head: number;
  rows: EventRow[];
  keys: KeyRow[];
  cursors: CursorWrite[];
  /** One list an append, in the order of the appends. */
  answers: Recorded[][];
  recordedMs: number;
}

export interface BatchContext {
  epoch: string;
  head: number;
  /** Row of this boot in the table `boot`. */
  boot: number;
  recordedMs: number;
  nextId: () => string;
  known: ReadonlyMap<string, KeyRow>;
  /** What came of a draft in an earlier plan, if that left an event behind. */
  earlier?: ((append: number, draft: number) => Recorded | undefined) | undefined;
}

/** Gives every draft its sequence, its id and its text; a draft whose natural key is known gets the first one's. */
export function planBatch(appends: readonly PendingAppend[], context: BatchContext): Batch {
  const { epoch, recordedMs } = context;
  const batch: Batch = { epoch, head: context.head, rows: [], keys: [], cursors: [], answers: [], recordedMs };
  const known = new Map(context.known);
  for (const [append, { drafts, cursors }] of appends.entries()) {
    batch.answers.push(
      drafts.map((draft, nth) => context.earlier?.(append, nth) ?? admit(draft, batch, known, context)),
    );
    batch.cursors.push(...cursors);
  }
  return batch;
}

function admit(draft: PreparedDraft, batch: Batch, known: Map<string, KeyRow>, context: BatchContext): Recorded {
  const first = draft.key && known.get(keyText(draft.key));
  if (first) return { id: first.id, sequence: first.sequence, repeated: true };
  const id = context.nextId();
  const sequence = (batch.head += 1);
  batch.rows.push(rowOf(draft, id, sequence, context));
  if (draft.key) {
    const key = { ...draft.key, id, sequence };
    batch.keys.push(key);
    known.set(keyText(key), key);
  }
  return { id, sequence, repeated: false };
}

function rowOf(draft: PreparedDraft, id: string, sequence: number, context: BatchContext): EventRow {
  const { source, type, timeMs, clock, dataText, monotonicMs, topic, rowClass } = draft;
  const { epoch, recordedMs } = context;
  return {
    sequence,
    class: rowClass,
    boot: monotonicMs === null ? null : context.boot,
    monotonicMs,
    topic,
    body: renderEnvelope({ id, source, type, timeMs, recordedMs, sequence, epoch, clock, dataText }),
  };
}
