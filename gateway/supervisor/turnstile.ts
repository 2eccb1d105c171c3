/**
 * Lets a few in at a time and keeps the others in a queue that is bounded too.
 */
import { HallError } from '../kernel/errors.ts';

export interface Turnstile {
  /**
   * Resolves when it is this caller's turn, with the way to leave again.
   *
   * @throws HallError `device.overrun` when too many wait already.
   */
  enter(): Promise<() => void>;
}

export function turnstile(insideMax: number, waitingMax: number): Turnstile {
  const waiting: (() => void)[] = [];
  let inside = 0;
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else inside -= 1;
  };
  return {
    async enter() {
      if (inside < insideMax) {
        inside += 1;
        return leave;
      }
      if (waiting.length >= waitingMax) throw overrun(waitingMax);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return leave;
    },
  };
}

function overrun(waitingMax: number): HallError {
  return new HallError('device.overrun', {
    message: `The device has ${waitingMax} reports waiting to be recorded already.`,
    facts: { waitingMax },
  });
}
