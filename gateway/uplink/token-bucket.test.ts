/** The rate holds over any stretch of time, and a quiet gateway never waits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenBucket } from './token-bucket.ts';

describe('the token bucket', () => {
  it("never gives more than one second's worth plus the rate times the time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.array(fc.nat(500), { maxLength: 200 }), (rate, pauses) => {
        const bucket = tokenBucket(rate, 0);
        let nowMs = 0;
        let spent = 0;
        for (const pauseMs of pauses) {
          nowMs += pauseMs;
          const tokens = bucket.available(nowMs);
          bucket.spend(tokens);
          spent += tokens;
          expect(spent).toBeLessThanOrEqual(rate + (rate * nowMs) / 1_000 + 1e-6);
        }
      }),
    );
  });

  it('tells how long until the next token', () => {
    const bucket = tokenBucket(10, 0);
    expect(bucket.waitMs(0)).toBe(0);
    bucket.spend(bucket.available(0));
    expect(bucket.waitMs(0)).toBe(100);
    expect(bucket.available(99)).toBe(0);
    expect(bucket.available(100)).toBe(1);
  });

  it('knows no limit without a rate', () => {
    const bucket = tokenBucket(undefined, 0);
    bucket.spend(1e9);
    expect(bucket.available(0)).toBeGreaterThan(1e9);
    expect(bucket.waitMs(0)).toBe(0);
  });
});
