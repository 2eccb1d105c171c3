/**
 * Local time without a zone, as devices tell and take it, and the way to and from an instant in the hall's time zone.
 */

/** What a clock on the wall shows; the month counts from 1. */
export interface LocalTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const DAY_MS = 86_400_000;

/** `2026-06-01T08:00:00`; text order is time order. */
export function localTimeText(time: LocalTime): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${String(time.year).padStart(4, '0')}-${two(time.month)}-${two(time.day)}`;
  return `${date}T${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
}

/** False for times that no calendar has, such as 31 February. */
export function isCalendarTime(time: LocalTime): boolean {
  const date = new Date(wallMs(time));
  return (
    date.getUTCFullYear() === time.year &&
    date.getUTCMonth() + 1 === time.month &&
    date.getUTCDate() === time.day &&
    time.hour < 24 &&
    time.minute < 60 &&
    time.second < 60
  );
}

export interface ZoneTime {
  /**
   * The instant of a local time, milliseconds since 1970. A time that happens twice (clocks set back) means its first
   * occurrence; one that never happens (clocks set forward) means as long after the change.
   */
  toInstantMs(time: LocalTime): number;
  /** @param instantMs milliseconds since 1970; a part of a second is left away. */
  toLocal(instantMs: number): LocalTime;
}

/**
 * Local time of an IANA zone, by the rules that the runtime knows. Made once for each device: the runtime takes its time over it.
 *
 * @throws RangeError for a name that is no zone; those of hall.yaml are checked when it is read.
 */
export function zoneTime(timeZone: string): ZoneTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const toLocal = (instantMs: number): LocalTime => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instantMs)) parts[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return { year, month, day, hour, minute, second };
  };
  const offsetAt = (instantMs: number) => wallMs(toLocal(instantMs)) - Math.floor(instantMs / 1000) * 1000;
  const dayOffset = offsetsOfDays(offsetAt);
  return {
    toLocal,
    toInstantMs(time) {
      const naive = wallMs(time);
      const { before, after } = dayOffset(naive);
      if (before === after) return naive - before;
      const matches = [naive - before, naive - after].filter((instant) => wallMs(toLocal(instant)) === naive);
      return matches.length > 0 ? Math.min(...matches) : naive - before;
    },
  };
}

/** Offsets a day before and a day after a local time; the last day is remembered, because a log is read in order. */
function offsetsOfDays(offsetAt: (instantMs: number) => number): (naive: number) => { before: number; after: number } {
  let day = Number.NaN;
  let offsets = { before: 0, after: 0 };
  return (naive) => {
    const wanted = Math.floor(naive / DAY_MS);
    if (wanted !== day) {
      day = wanted;
      offsets = { before: offsetAt(wanted * DAY_MS - DAY_MS), after: offsetAt(wanted * DAY_MS + 2 * DAY_MS) };
    }
    return offsets;
  };
}

/** Milliseconds on the wall: differences of local times are right within a day on which the clocks are not changed. */
export function wallMs(time: LocalTime): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
}

/** How far the zone is ahead of UTC at an instant, in minutes. */
export function utcOffsetMinutes(zone: ZoneTime, instantMs: number): number {
  return Math.round((wallMs(zone.toLocal(instantMs)) - instantMs) / 60_000);
}

/** `+08:00` (ISO 8601, without `Z`). */
export function utcOffsetText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
