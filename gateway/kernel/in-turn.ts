/**
 * One piece of work after the other, in the order in which they came; the queue is bounded.
 */
import type { HallError } from './errors.ts';

/** Runs the work after all that came before it; settles as the work does. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** @throws what `full` makes (from the returned function) when `waitingMax` wait or run already. */
export function inTurn(waitingMax: number, full: () => HallError): InTurn {
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();
  return async (work) => {
    if (waiting >= waitingMax) throw full();
    waiting += 1;
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine.finally(() => (waiting -= 1));
  };
}
