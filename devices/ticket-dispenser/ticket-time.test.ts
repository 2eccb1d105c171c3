/**
 * The time of a ticket, in halls all over the year and the world.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hallTime } from './ticket-time.ts';

const INSTANT = Date.UTC(2026, 5, 1, 1, 12, 33, 700);

test.each([
  ['Asia/Shanghai', '2026-06-01T09:12:33+08:00'],
  ['Europe/London', '2026-06-01T02:12:33+01:00'],
  ['America/Caracas', '2026-05-31T21:12:33-04:00'],
  ['Etc/UTC', '2026-06-01T01:12:33Z'],
])('a ticket in %s is issued at %s', (zone, text) => {
  const time = hallTime(zone);
  expect(time.iso(INSTANT)).toBe(text);
  expect(time.local(INSTANT)).toEqual({ date: text.slice(0, 10), time: text.slice(11, 19) });
});

test('the time on a ticket is that instant again, to the second, also while clocks are changed', () => {
  const zones = ['Asia/Shanghai', 'Europe/Berlin', 'Australia/Lord_Howe'].map(hallTime);
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 946_684_800, max: 2_114_380_800 }), (time, seconds) => {
      expect(Date.parse(time.iso(seconds * 1_000))).toBe(seconds * 1_000);
    }),
  );
});
