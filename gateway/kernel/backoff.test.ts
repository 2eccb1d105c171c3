import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullJitterMs } from './backoff.ts';

test('the wait doubles up to its limit and is spread over the whole range', () => {
  const limits = { firstMs: 500, maxMs: 60_000 };
  expect([0, 1, 2, 20].map((attempt) => fullJitterMs(attempt, limits, () => 0.999_999))).toEqual([
    499, 999, 1999, 59_999,
  ]);
  expect(fullJitterMs(5, limits, () => 0)).toBe(0);
});

test('the wait never exceeds the limit, however long the centre is away', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (attempt, luck) => {
      expect(fullJitterMs(attempt, { firstMs: 100, maxMs: 30_000 }, () => luck)).toBeLessThan(30_000);
    }),
  );
});
