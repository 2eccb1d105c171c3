/**
 * One piece of work after the other, in the order in which they came.
 */
import { HallError } from '../../gateway/kernel/errors.ts';

const WAITING_MAX = 64;

export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** @throws HallError `clock.no-answer` (from the returned function) when `WAITING_MAX` wait already. */
export function turnstile(): InTurn {
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();
  return async (work) => {
    if (waiting >= WAITING_MAX) {
      throw new HallError('clock.no-answer', { message: `${WAITING_MAX} requests wait for the clock already.` });
    }
    waiting += 1;
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine.finally(() => (waiting -= 1));
  };
}
