/**
 * The newest truth about a clock, whatever its wire, published when it changes.
 */
import type { z } from 'zod';
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { FingerprintClock } from './kind.ts';

export type ClockState = z.input<FingerprintClock['state']>;

export interface ClockStatus {
  readonly now: ClockState;
  /** Merges news in and publishes them; nothing is said after the stop. */
  update(news: Partial<ClockState>): void;
  sawPunch(deviceTime: string | undefined): void;
  /** Something came that the hall does not want, and was dropped. */
  dropped(): void;
}

/** The later of two local times; their text order is their time order. */
export function later(known: string | undefined, news: string | undefined): string | undefined {
  if (known === undefined || news === undefined) return known ?? news;
  return news > known ? news : known;
}

export function clockStatus(hall: Hall<FingerprintClock>): ClockStatus {
  let now: ClockState = { nearlyFull: false, realTime: false };
  const update = (news: Partial<ClockState>) => {
    if (hall.signal.aborted) return;
    now = { ...now, ...news };
    hall.state(now);
  };
  return {
    get now() {
      return now;
    },
    update,
    sawPunch(deviceTime) {
      const lastPunchAt = later(now.lastPunchAt, deviceTime);
      if (lastPunchAt !== undefined && lastPunchAt !== now.lastPunchAt) update({ lastPunchAt });
    },
    dropped: () => update({ dropped: (now.dropped ?? 0) + 1 }),
  };
}
