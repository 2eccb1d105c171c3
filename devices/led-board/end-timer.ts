/**
 * The end of a text. A clock that is set forward brings it nearer; one that is set back does not put it off, so that a call
 * never stands longer than was meant.
 */
import type { Clock } from '../../gateway/kernel/clock.ts';

export interface EndTimer {
  /** The instant at which it ends; undefined: never. */
  set(instantMs: number | undefined): void;
  /** What is left of the time that was set last, as a lifetime. */
  lifetime(): { untilMs?: number; showMs?: number };
}

/** A clock that was set is noticed within this time. */
const LOOK_MS = 60_000;

/** Calls back once when the instant that was set last has come, or when the time until then has passed. */
export function endTimer(clock: Clock, onEnd: () => void): EndTimer {
  let timer: NodeJS.Timeout | undefined;
  let end: { untilMs: number; monotonicMs: number } | undefined;
  const leftMs = ({ untilMs, monotonicMs }: NonNullable<typeof end>) =>
    Math.max(0, Math.min(untilMs - clock.now(), monotonicMs - clock.monotonicMs()));
  const look = () => {
    if (!end) return;
    if (leftMs(end) > 0) {
      wait();
      return;
    }
    end = undefined;
    onEnd();
  };
  const wait = () => {
    clearTimeout(timer);
    if (end) timer = setTimeout(look, Math.min(leftMs(end), LOOK_MS));
  };
  return {
    set(untilMs) {
      end = untilMs === undefined ? undefined : { untilMs, monotonicMs: clock.monotonicMs() + untilMs - clock.now() };
      wait();
    },
    lifetime: () => (end ? { untilMs: end.untilMs, showMs: leftMs(end) } : {}),
  };
}
