/**
 * Tells the spool what is safe with the centre: one call at a time, the newest word wins, so that a fast drain does not
 * commit once a PUBACK.
 */
import { asHallError, type HallError } from '../kernel/errors.ts';
import type { Spool } from '../spool/port.ts';

/** Rest between two calls, and before another try when the disk refused. */
const REST_MS = 50;
const RETRY_MS = 1_000;

export interface Confirmer {
  /** Everything up to `through` may go. */
  confirm(through: number): void;
  /** Highest sequence that was entered. */
  through(): number;
  /** Resolves when what was entered is with the spool, or after one refused try. */
  flush(): Promise<void>;
}

export function confirmer(spool: Spool, onTrouble: (error: HallError) => void): Confirmer {
  let wanted = spool.status().confirmed;
  let done = wanted;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

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
    timer = setTimeout(() => {
      timer = undefined;
      begin();
    }, restMs);
    timer.unref();
  };
  const begin = () => {
    if (running || timer || done >= wanted) return;
    running = run();
  };

  return {
    confirm(through) {
      if (through <= wanted) return;
      wanted = through;
      begin();
    },
    through: () => wanted,
    async flush() {
      await running;
      clearTimeout(timer);
      timer = undefined;
      begin();
      await running;
      clearTimeout(timer);
    },
  };
}
