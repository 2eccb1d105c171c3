/**
 * The time of the hall as tickets tell it.
 */
import type { Clock } from '../../gateway/kernel/clock.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { localTimeText, utcOffsetMinutes, utcOffsetText, zoneTime } from '../../gateway/kernel/local-time.ts';

export interface HallTime {
  /** `2026-06-01` and `09:12:33`, in the hall. */
  local(instantMs: number): { date: string; time: string };
  /** `2026-06-01T09:12:33+08:00`, with `Z` where that is UTC. */
  iso(instantMs: number): string;
}

/** @param timeZone IANA name. */
export function hallTime(timeZone: string): HallTime {
  const zone = zoneTime(timeZone);
  const textAt = (instantMs: number) => localTimeText(zone.toLocal(instantMs));
  return {
    local(instantMs) {
      const [date = '', time = ''] = textAt(instantMs).split('T');
      return { date, time };
    },
    iso(instantMs) {
      const offset = utcOffsetMinutes(zone, instantMs);
      return `${textAt(instantMs)}${offset === 0 ? 'Z' : utcOffsetText(offset)}`;
    },
  };
}

/**
 * The time of issue of a ticket that was ordered without one.
 *
 * @throws HallError `ticket.time-unknown` while the gateway does not know the time.
 */
export function issuedNow(clock: Clock, time: HallTime): string {
  if (!clock.synced()) throw new HallError('ticket.time-unknown');
  return time.iso(clock.now());
}
