/**
 * What a clock uploads, and when it is told OK: after the last line is on disk, and not before. A batch that comes again makes
 * no second event, because everything that is recorded has a natural key. A line of the attendance log that nobody can read
 * is recorded as it stands: to refuse it would hold up everything behind it, and to step over it would lose a punch. An
 * upload that cannot be understood as a whole is refused; it stays in the clock, and leaves the way free for the next.
 *
 * One upload of a clock at a time. While the disk refuses, the events of one batch wait in the recorder, and the clock, as
 * well as everything that it sends meanwhile, is told to come again.
 */
import type { CursorUpdate, Hall, Recorded } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { deferred, withDeadline } from '../../gateway/kernel/waiting.ts';
import { plainBody } from './adms-body.ts';
import { bodyLines } from './adms-lines.ts';
import type { ClockMemory } from './adms-memory.ts';
import type { PushFamily } from './adms-options.ts';
import { OK, type PushAnswer, type PushRequest } from './adms-request.ts';
import { tableNameOf, tableOf, type Batch, type TableContext } from './adms-tables.ts';
import type { FingerprintClock } from './kind.ts';
import type { ClockStatus } from './status.ts';

/** Photos are the largest of what a clock sends, and are below this by far. */
const UPLOAD_BYTES_MAX = 10 * 1024 * 1024;
const BATCH_RECORDS = 500;
/** A clock has one upload under way, and the one before it when it lost patience. */
const UPLOADS_WAITING_MAX = 4;

export interface UploadParts {
  hall: Hall<FingerprintClock>;
  status: ClockStatus;
  memory: ClockMemory;
  tables: TableContext;
  storePatienceMs: number;
  family: () => PushFamily;
  /** Called for every piece of an upload: a clock that is in the middle of one does not poll. */
  heard: () => void;
  /** Hears what became of each occurrence. */
  onRecorded: (occurrence: Occurrence, recorded: Recorded) => void;
}

/** @throws (from the returned function) HallError why the clock must keep what it has and send it again. */
export function uploadDesk(parts: UploadParts): (request: PushRequest) => Promise<PushAnswer> {
  const { hall, storePatienceMs } = parts;
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (request) => {
    if (waiting >= UPLOADS_WAITING_MAX) throw diskWaits('Too many uploads of this clock wait already.');
    waiting += 1;
    const before = turn;
    const over = deferred<undefined>();
    turn = before.then(() => over.promise);
    let committing: Promise<unknown> = Promise.resolve();
    const store: Store = (occurrences, cursor) => {
      const commit = hall.record(occurrences, cursor);
      committing = commit.catch(() => undefined);
      return withDeadline(commit, storePatienceMs, () => diskWaits(), hall.signal);
    };
    try {
      await withDeadline(before, storePatienceMs, () => diskWaits(), hall.signal);
      return await takeUpload(request, parts, store);
    } finally {
      waiting -= 1;
      // The next upload must not overtake a batch that still waits for the disk.
      void committing.then(() => over.resolve(undefined));
    }
  };
}

type Store = (occurrences: readonly Occurrence[], cursor?: CursorUpdate) => Promise<Recorded[]>;

async function takeUpload(request: PushRequest, parts: UploadParts, store: Store): Promise<PushAnswer> {
  const { query } = request;
  const table = tableOf(tableNameOf(request), parts.tables);
  const body = await plainBody(request, UPLOAD_BYTES_MAX, parts.heard);
  const batch: Batch = {
    lines: 0,
    broken: 0,
    dropped: 0,
    occurrences: [],
    namesChanged: false,
    lastPunchAt: undefined,
  };
  for await (const lines of bodyLines(body, UPLOAD_BYTES_MAX)) {
    parts.heard();
    for (const line of lines) table.read(line, batch);
    batch.lines += lines.length;
    while (batch.occurrences.length > BATCH_RECORDS) await commit(batch, parts, store, undefined);
  }
  table.end(batch);
  await commitRest(batch, parts, store, table.stamp && { table: table.stamp, stamp: query.Stamp });
  report(batch, parts.status);
  return parts.family() === '3' ? OK : { status: 200, text: `OK: ${batch.lines}` };
}

/** The stamp goes into the transaction of the last events: a clock that resumes from it skips nothing. */
async function commitRest(
  batch: Batch,
  parts: UploadParts,
  store: Store,
  stamp: { table: 'ATTLOG' | 'OPERLOG'; stamp: string | undefined } | undefined,
): Promise<void> {
  if (batch.namesChanged) await store([], parts.memory.namesCursor());
  const cursor = stamp?.stamp === undefined ? undefined : parts.memory.stampCursor(stamp.table, stamp.stamp);
  if (batch.occurrences.length > 0 || cursor) await commit(batch, parts, store, cursor);
  if (stamp?.stamp !== undefined) parts.memory.stamps[stamp.table] = stamp.stamp;
}

async function commit(batch: Batch, parts: UploadParts, store: Store, cursor: CursorUpdate | undefined): Promise<void> {
  const occurrences = batch.occurrences.splice(0, BATCH_RECORDS);
  const recorded = await store(occurrences, cursor);
  for (const [index, news] of recorded.entries()) {
    const occurrence = occurrences[index];
    if (occurrence) parts.onRecorded(occurrence, news);
  }
}

function report({ broken, dropped, lastPunchAt }: Batch, status: ClockStatus): void {
  if (broken > 0) status.update({ malformed: (status.now.malformed ?? 0) + broken });
  if (dropped > 0) status.update({ dropped: (status.now.dropped ?? 0) + dropped });
  status.sawPunch(lastPunchAt);
}

function diskWaits(
  message = 'The disk has not taken an earlier batch yet; the clock was told to send again.',
): HallError {
  return new HallError('push.disk-waits', { message });
}
