/**
 * What the link shows of itself: its phase, since when, and what is wrong. Each change is told and logged once.
 */
import type { Clock } from '../kernel/clock.ts';
import { describeError, type HallError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { LinkPhase } from './link-machine.ts';

export interface LinkBoard {
  /** Shows the phase; the same phase again is no news. Being up mends every trouble. */
  phase(phase: LinkPhase): void;
  /** Shows a trouble; the same code again is no news. */
  trouble(error: HallError): void;
  read(): { link: LinkPhase; since: number; error: HallError | undefined };
  /** Calls the listener after each change; returns the way to stop. */
  onChange(listener: () => void): () => void;
}

export function linkBoard(start: LinkPhase, clock: Clock, log: Log): LinkBoard {
  const listeners = new Set<() => void>();
  let link = start;
  let since = clock.now();
  let error: HallError | undefined;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    phase(phase) {
      if (phase === link) return;
      link = phase;
      since = clock.now();
      if (phase === 'up') error = undefined;
      log.info(`uplink.${phase}`);
      tell();
    },
    trouble(trouble) {
      const news = trouble.code !== error?.code;
      error = trouble;
      if (!news) return;
      if (trouble.remedy === 'operator') log.error('uplink.trouble', trouble);
      else log.warn('uplink.trouble', describeError(trouble));
      tell();
    },
    read: () => ({ link, since, error }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
