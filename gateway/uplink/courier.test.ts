/** The book confirms exactly the acknowledged prefix, whatever order PUBACKs come in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { courierBook } from './courier.ts';

const RANGE = { first: 100, last: 163 };

describe("the courier's book", () => {
  it('confirms the longest acknowledged prefix, for any order of posts and PUBACKs', () => {
    const step = fc.oneof(fc.constant('post' as const), fc.nat(70));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const book = courierBook(RANGE, 0);
        const underWay = new Map<number, number>();
        const acked = new Set<number>();
        let sequence = 0;
        for (const [nowMs, what] of steps.entries()) {
          if (what === 'post' && book.inFlight() < 63) {
            sequence += 1;
            const id = book.post(sequence, nowMs);
            expect(underWay.has(id)).toBe(false);
            underWay.set(id, sequence);
          } else if (what !== 'post') {
            const id = RANGE.first + what;
            const known = underWay.get(id);
            expect(book.ack(id, nowMs)).toBe(known !== undefined);
            if (known !== undefined) acked.add(known);
            underWay.delete(id);
          }
          let prefix = 0;
          while (acked.has(prefix + 1)) prefix += 1;
          expect(book.ackedThrough()).toBe(prefix);
          expect(book.sentThrough()).toBe(sequence);
        }
      }),
    );
  });

  it('measures how long the oldest message has kept the others waiting', () => {
    const book = courierBook(RANGE, 0);
    expect(book.waitingMs(1_000)).toBe(0);
    const first = book.post(1, 0);
    const second = book.post(2, 50);
    book.ack(second, 60);
    expect(book.waitingMs(100)).toBe(100);
    book.ack(first, 110);
    expect(book.waitingMs(200)).toBe(0);
  });
});
