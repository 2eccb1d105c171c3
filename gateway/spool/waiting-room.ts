/**
 * The bounded queue in front of the writer. Who finds it full waits outside, in order of arrival; the spool keeps nothing
 * of theirs until there is a seat.
 */
import { HallError } from '../kernel/errors.ts';
import { deferred, type Deferred } from '../kernel/waiting.ts';

export interface WaitingRoom<T> {
  /** Things inside. */
  readonly size: number;
  /**
   * Resolves when there is a seat; undefined when there is one right now.
   *
   * @throws HallError `spool.closed` when the room closes before.
   */
  seat(): Promise<void> | undefined;
  /** `calledIn`: this one has waited for its seat, which is kept for it until now. */
  enter(thing: T, calledIn?: boolean): void;
  /** Takes things from the front while `fits` says so; the first always fits. */
  take(fits: (thing: T) => boolean): T[];
  /** Sends everybody outside away and gives back who is inside. */
  close(): T[];
}

export function waitingRoom<T>(seatsMax: number): WaitingRoom<T> {
  let inside: T[] = [];
  const outside: Deferred<void>[] = [];
  /** Seats promised to those who were called in and have not entered yet. */
  let promised = 0;
  const callIn = () => {
    while (outside.length > 0 && inside.length + promised < seatsMax) {
      promised += 1;
      outside.shift()?.resolve();
    }
  };
  return {
    get size() {
      return inside.length;
    },
    seat() {
      if (outside.length === 0 && inside.length + promised < seatsMax) return undefined;
      const turn = deferred<void>();
      outside.push(turn);
      return turn.promise;
    },
    enter(thing, calledIn = false) {
      if (calledIn) promised -= 1;
      inside.push(thing);
    },
    take(fits) {
      let count = 0;
      for (const thing of inside) {
        if (count > 0 && !fits(thing)) break;
        if (count === 0) fits(thing);
        count += 1;
      }
      const taken = inside.slice(0, count);
      inside = inside.slice(count);
      callIn();
      return taken;
    },
    close() {
      for (const turn of outside.splice(0)) turn.reject(new HallError('spool.closed'));
      return inside.splice(0);
    },
  };
}
