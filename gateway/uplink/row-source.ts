/**
 * The rows that are to be sent, in sequence order: read ahead from the spool while a backlog drains, taken straight from
 * the commit when nothing is behind.
 */
import type { HallError } from '../kernel/errors.ts';
import { asHallError } from '../kernel/errors.ts';
import { coveredBy, type Spool, type StoredEvent } from '../spool/port.ts';

export interface RowSourceOptions {
  spool: Pick<Spool, 'epoch' | 'readableThrough' | 'status' | 'read' | 'onCommitted'>;
  /** The epoch that `after` belongs to. */
  epoch: string;
  /** Rows with a higher sequence are delivered. */
  after: number;
  /** Read ahead at most this much. */
  rowsMax: number;
  bytesMax: number;
  onRows(): void;
  /** Reading failed; it is tried again at the next commit or `wake`. */
  onTrouble(error: HallError): void;
  /** The spool counts afresh: this source gives nothing any more. */
  onEpochOver(): void;
}

export interface RowSource {
  /** Rows at hand. */
  waiting(): number;
  /** Newest durable sequence. */
  head(): number;
  /**
   * Everything that can be read was taken. The last row's sequence may be below the head: it may stand for a range, or
   * the spool may hold rows back until the clock is right.
   */
  exhausted(): boolean;
  /** Removes and returns the next rows: at most `rowsMax`, and no more than `bytesMax` unless the first alone is longer. */
  take(rowsMax: number, bytesMax: number): StoredEvent[];
  /** Reads ahead if there is room and something to read. */
  wake(): void;
  /** Forgets what is at hand and goes on after `sequence`. */
  rewind(sequence: number): void;
  close(): void;
}

export function rowSource(options: RowSourceOptions): RowSource {
  const { spool, epoch, rowsMax, bytesMax } = options;
  let rows: StoredEvent[] = [];
  let taken = 0;
  let readThrough = options.after;
  let head = spool.status().head;
  let reading = false;
  /** The last read found nothing; only a commit changes that. */
  let dry = false;
  let generation = 0;

  const waiting = () => rows.length - taken;
  const add = (more: readonly StoredEvent[]) => {
    rows = taken === rows.length ? [...more] : rows.slice(taken).concat(more);
    taken = 0;
    const last = more.at(-1);
    if (last) readThrough = coveredBy(last);
  };
  const readOnce = async (): Promise<void> => {
    const asked = generation;
    dry = true;
    const more = await spool.read({ after: readThrough, rowsMax, bytesMax });
    if (asked !== generation) return;
    if (more.length > 0) dry = false;
    add(more);
  };
  /** True when the spool was salvaged since: its sequences mean other events now. */
  const isOver = (): boolean => {
    if (spool.epoch === epoch) return false;
    if (generation >= 0) close();
    options.onEpochOver();
    return true;
  };
  const wake = () => {
    if (generation < 0 || isOver()) return;
    if (reading || dry || waiting() >= rowsMax || readThrough >= head) return;
    reading = true;
    readOnce().then(
      () => {
        reading = false;
        if (generation < 0) return;
        // The next read goes on beside the sending of this one's rows.
        wake();
        options.onRows();
      },
      (thrown: unknown) => {
        reading = false;
        dry = false;
        if (generation >= 0) options.onTrouble(asHallError(thrown, 'spool.closed'));
      },
    );
  };
  const stop = spool.onCommitted((events) => {
    if (isOver()) return;
    // First: asking may let rows go that were held back, which calls this listener once more.
    const { readableThrough } = spool;
    const following = !reading && readThrough === head && waiting() < rowsMax;
    head = events.at(-1)?.sequence ?? spool.status().head;
    dry = false;
    if (following && (events[0]?.sequence ?? 0) > readThrough && head <= readableThrough) add(events);
    else wake();
    options.onRows();
  });
  const close = () => {
    generation = Number.NEGATIVE_INFINITY;
    rows = [];
    taken = 0;
    stop();
  };

  return {
    waiting,
    head: () => head,
    exhausted: () => waiting() === 0 && !reading && (dry || readThrough >= head),
    take(count, bytes) {
      const end = Math.min(rows.length, taken + count);
      let last = taken;
      for (let left = bytes; last < end; last += 1) {
        left -= Buffer.byteLength(rows[last]?.body ?? '');
        if (left < 0 && last > taken) break;
      }
      const part = rows.slice(taken, last);
      taken = last;
      return part;
    },
    wake,
    rewind(sequence) {
      generation += 1;
      rows = [];
      taken = 0;
      dry = false;
      readThrough = sequence;
    },
    close,
  };
}
