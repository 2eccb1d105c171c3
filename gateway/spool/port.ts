/**
 * What the rest of the gateway may ask of the spool. How it is done is told in `spool.ts`.
 */
import type { CursorUpdate, Recorded } from '../kernel/driver.ts';
import type { Draft } from '../kernel/event.ts';
import type { HallError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';

/** One append: its drafts and its cursors become durable together, or not at all. */
export interface Append {
  drafts: readonly Draft[];
  /** `owner` is a device's source or a part of the gateway; a `value` of null removes the cursor. */
  cursors?: readonly (CursorUpdate & { owner: string })[];
}

/** An event at rest: ready to be published as it is. */
export interface StoredEvent {
  sequence: number;
  topic: string;
  /** The CloudEvents envelope as JSON text. */
  body: string;
  /** Last sequence that it speaks for, where it stands in the place of others (`hall.gateway.lost.v1`); absent: its own. */
  through?: number;
}

/** Who has the event has, or knows what became of, everything up to here. */
export function coveredBy({ sequence, through = sequence }: StoredEvent): number {
  return through;
}

export interface ReadRange {
  /** Rows with a higher sequence are read. */
  after: number;
  rowsMax: number;
  bytesMax: number;
}

/** 0: under 70 % of the quota; then 70, 85, 95 as design says; telemetry goes first. */
export type QuotaStep = 0 | 70 | 85 | 95;

export interface SpoolStatus {
  epoch: string;
  /** Newest sequence that is durable. */
  head: number;
  /** Everything up to here is safe with the centre. */
  confirmed: number;
  /** Rows that wait for the centre. */
  depth: number;
  /** Recorded time of the oldest row that waits, milliseconds since 1970. */
  oldestUnsentMs: number | undefined;
  bytes: number;
  quotaBytes: number;
  quotaStep: QuotaStep;
  /** Appends in memory that wait for a commit. */
  waiting: number;
  /** Events given up (telemetry for space, rows unreadable), since this epoch began. */
  lost: number;
  /** What keeps the spool from committing, or undefined when all is well. */
  trouble: HallError | undefined;
}

export interface Spool {
  /**
   * Identity of this sequence of events; a salvaged spool begins a new one, also while it runs. Empty until the disk could
   * be read for the first time.
   */
  readonly epoch: string;
  /** Newest sequence that `read` gives out now: below the head while rows are held back for their time. */
  readonly readableThrough: number;
  /**
   * Makes the append durable; resolves after the fsync with one answer a draft, in order. While the disk refuses, the
   * append waits in memory and the promise stays pending; when the waiting room is full, later calls wait their turn.
   *
   * @throws HallError `spool.closed` after close, `spool.event-too-large` for one event over the limit.
   */
  append(append: Append): Promise<Recorded[]>;
  /**
   * While the disk cannot be read the answer stays pending: "not there" would mean that nothing was done yet.
   *
   * @throws HallError `spool.closed` when the spool closes before; an Error of SQLite when reading fails.
   */
  cursor(owner: string, name: string): Promise<Json | undefined>;
  cursors(owner: string): Promise<Map<string, Json>>;
  /**
   * Rows in sequence order. A damaged row comes as the `hall.gateway.lost.v1` event that stands in its place; who reads on
   * from within its range gets one for the rest of it. Nothing comes while the disk cannot be read; it never rejects for that.
   */
  read(range: ReadRange): Promise<StoredEvent[]>;
  /**
   * The centre has everything up to `through`, and no more: those rows may go. Of a lost range that goes on behind it the
   * rest is still owed. Never goes backwards.
   */
  confirm(through: number): Promise<void>;
  status(): SpoolStatus;
  /**
   * Calls the listener after each commit, in sequence order; returns the way to stop. It is also called with no events when
   * `read` may find more than before (rows were held back for their time, or the disk works again).
   */
  onCommitted(listener: (events: readonly StoredEvent[]) => void): () => void;
  /** Calls the listener when trouble comes, changes or goes, and when the quota step changes. */
  onStatus(listener: (status: SpoolStatus) => void): () => void;
  /** A small durable write; rejects when the disk refuses. For the watchdog. */
  probe(): Promise<void>;
  /** Commits what waits (for at most a few seconds if the disk refuses) and closes. */
  close(): Promise<void>;
}
