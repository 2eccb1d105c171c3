/**
 * Tells the spool what is safe with the centre: one call at a time, the newest word wins, so that a fast drain does not
 * commit once a PUBACK.
 */
import { asHallError, HallError } from '../kernel/errors.ts';
import { withDeadline } from '../kernel/waiting.ts';
import type { Spool } from '../spool/port.ts';

/** Rest between two calls, and before another try when the disk refused. */
const REST_MS = 50;
const RETRY_MS = 1_000;
/** How long the farewell waits for a disk that may refuse: what it does not take is sent again after the next start. */
const FLUSH_MS = 1_000;

export interface Confirmer {
  /** Everything up to `through` may go. */
  confirm(through: number): void;
  /** Highest sequence that was entered. */
  through(): number;
  /** The last word: resolves when what was entered is with the spool, or after one refused try; the disk has `FLUSH_MS` for it. */
  flush(): Promise<void>;
}

/** A confirmer for the spool's present epoch. What is entered after that is over means nothing, and is not passed on. */
export function confirmer(
  spool: Pick<Spool, 'epoch' | 'status' | 'confirm'>,
  onTrouble: (error: HallError) => void,
): Confirmer {
  const { epoch } = spool;
  let wanted = spool.status().confirmed;
  let done = wanted;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let flushed = false;

  const run = async (): Promise<void> => {
    const through = wanted;
    let restMs = REST_MS;
    try {
      await spool.confirm(through);
      done = through;
    } catch (thrown) {
      onTrouble(asHallError(thrown, 'spool.closed'));
      restMs = RETRY_MS;
    }
    running = undefined;
    if (flushed) return;
    timer = setTimeout(() => {
      timer = undefined;
      begin();
    }, restMs);
    timer.unref();
  };
  const begin = () => {
    if (flushed || running || timer || done >= wanted || spool.epoch !== epoch) return;
    running = run();
  };

  const lastWord = async () => {
    await running;
    clearTimeout(timer);
    timer = undefined;
    begin();
    await running;
  };

  return {
    confirm(through) {
      if (through <= wanted) return;
      wanted = through;
      begin();
    },
    through: () => wanted,
    async flush() {
      await withDeadline(lastWord(), FLUSH_MS, () => new HallError('spool.disk-failing')).catch(() => undefined);
      flushed = true;
      clearTimeout(timer);
    },
  };
}
