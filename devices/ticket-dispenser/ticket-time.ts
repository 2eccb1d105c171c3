/**
 * The time of the hall as tickets tell it.
 */
import type { Clock } from '../../gateway/kernel/clock.ts';
import { HallError } from '../../gateway/kernel/errors.ts';

export interface HallTime {
  /** `2026-06-01` and `09:12:33`, in the hall. */
  local(instantMs: number): { date: string; time: string };
  /** `2026-06-01T09:12:33+08:00`. */
  iso(instantMs: number): string;
}

/** @param timeZone IANA name. */
export function hallTime(timeZone: string): HallTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  });
  const partsOf = (instantMs: number) => {
    const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, value]));
    return (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  };
  const local = (part: (type: Intl.DateTimeFormatPartTypes) => string) => ({
    date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}:${part('second')}`,
  });
  return {
    local: (instantMs) => local(partsOf(instantMs)),
    iso(instantMs) {
      const part = partsOf(instantMs);
      const { date, time } = local(part);
      return `${date}T${time}${part('timeZoneName').replace('GMT', '') || 'Z'}`;
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
