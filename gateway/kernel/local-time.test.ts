/**
 * Local time and instants, in the hall's zone and in zones that change their clocks.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isCalendarTime,
  localTimeText,
  utcOffsetMinutes,
  utcOffsetText,
  wallMs,
  zoneTime,
  type LocalTime,
} from './local-time.ts';

function local(text: string): LocalTime {
  const [year, month, day, hour, minute, second] = text.split(/\D/).map(Number);
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! };
}

describe('local time', () => {
  test.each([
    ['Asia/Shanghai', '2026-06-01T08:00:00', '2026-06-01T00:00:00Z'],
    ['Asia/Urumqi', '2026-06-01T08:00:00', '2026-06-01T02:00:00Z'],
    // Shanghai had summer time until 1991.
    ['Asia/Shanghai', '1990-07-01T09:00:00', '1990-07-01T00:00:00Z'],
    // Clocks set back: the hour happens twice, the first is meant.
    ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00Z'],
    ['Europe/Berlin', '2026-10-25T03:00:00', '2026-10-25T02:00:00Z'],
    // Clocks set forward: the hour never happens, as long after the change is meant.
    ['Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T01:30:00Z'],
    ['Europe/Berlin', '2026-03-29T03:30:00', '2026-03-29T01:30:00Z'],
    // The change is half an hour here.
    ['Australia/Lord_Howe', '2026-04-05T01:45:00', '2026-04-04T14:45:00Z'],
  ])('in %s, %s is %s', (zone, text, instant) => {
    expect(new Date(zoneTime(zone).toInstantMs(local(text))).toISOString()).toBe(instant.replace('Z', '.000Z'));
  });

  test('an instant shown locally and read back is the same instant, but for the hour that happens twice', () => {
    const berlin = zoneTime('Europe/Berlin');
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0) / 1000, max: Date.UTC(2037, 0) / 1000 }), (seconds) => {
        const shown = berlin.toLocal(seconds * 1000);
        const back = berlin.toInstantMs(shown);
        expect(localTimeText(berlin.toLocal(back))).toBe(localTimeText(shown));
        expect([0, 3_600_000]).toContain(seconds * 1000 - back);
      }),
    );
  });

  test.each([
    ['Asia/Shanghai', '+08:00'],
    ['Asia/Kolkata', '+05:30'],
    ['America/St_Johns', '-02:30'],
    ['Etc/UTC', '+00:00'],
  ])('in %s is ahead of UTC by %s in summer', (zone, text) => {
    expect(utcOffsetText(utcOffsetMinutes(zoneTime(zone), Date.UTC(2026, 5, 1, 12, 0, 0, 999)))).toBe(text);
  });

  test('leaves parts of a second away, before 1970 too', () => {
    const utc = zoneTime('Etc/UTC');
    expect(localTimeText(utc.toLocal(1_999))).toBe('1970-01-01T00:00:01');
    expect(localTimeText(utc.toLocal(-1))).toBe('1969-12-31T23:59:59');
  });

  test('an hour on the wall is an hour', () => {
    expect(wallMs(local('2026-06-01T09:00:00')) - wallMs(local('2026-06-01T08:00:00'))).toBe(3_600_000);
  });

  test('31 February is no time', () => {
    expect(isCalendarTime(local('2026-02-31T00:00:00'))).toBe(false);
    expect(isCalendarTime(local('2024-02-29T23:59:59'))).toBe(true);
    expect(isCalendarTime(local('2026-06-01T24:00:00'))).toBe(false);
  });
});
