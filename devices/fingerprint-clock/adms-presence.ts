/**
 * Whether a clock that nobody can call is there: it is as long as it asks. One timer a clock, set to the moment at which it
 * would have been quiet for too long; a request only notes the time.
 */
import type { Clock } from '../../gateway/kernel/clock.ts';

export interface Presence {
  heard: () => void;
  /** From now on the clock can be heard, and is waited for. */
  listen: () => void;
  /** Nobody waits for it any more, until `listen`. */
  stop: () => void;
}

export interface PresenceOptions {
  clock: Clock;
  quietMs: number;
  /** After it aborted nobody is watched any more, though an upload may still be under way. */
  signal: AbortSignal;
  onQuiet: () => void;
}

export function watchPresence({ clock, quietMs, signal, onQuiet }: PresenceOptions): Presence {
  let timer: NodeJS.Timeout | undefined;
  let lastMs = 0;
  const arm = (waitMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(look, waitMs);
  };
  const look = () => {
    timer = undefined;
    const leftMs = lastMs + quietMs - clock.monotonicMs();
    if (leftMs > 0) arm(leftMs);
    else onQuiet();
  };
  const noteTime = () => {
    lastMs = clock.monotonicMs();
    if (timer === undefined && !signal.aborted) arm(quietMs);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return { heard: noteTime, listen: noteTime, stop };
}
