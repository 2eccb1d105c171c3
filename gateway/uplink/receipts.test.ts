/** Receipts that cannot be right are refused, whoever sends them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHallError } from '../kernel/errors.ts';
import { readReceipt } from './receipts.ts';

const EPOCH = '01JAAAAAAAAAAAAAAAAAAAAAAA';
const context = { epoch: EPOCH, sentThrough: 100, confirmed: 50 };
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

function reasonOf(value: unknown): unknown {
  try {
    readReceipt(bytes(value), context);
    return 'accepted';
  } catch (thrown) {
    return isHallError(thrown) ? thrown.facts['reason'] : thrown;
  }
}

describe('a receipt', () => {
  it('covers what was sent and not yet confirmed', () => {
    for (const through of [50, 51, 100])
      expect(readReceipt(bytes({ epoch: EPOCH, through }), context).through).toBe(through);
  });

  it.each([
    ['{"epoch":', 'malformed'],
    ['[]', 'malformed'],
    [{ epoch: EPOCH }, 'malformed'],
    [{ epoch: EPOCH, through: '60' }, 'malformed'],
    [{ epoch: EPOCH, through: 60.5 }, 'malformed'],
    [{ epoch: EPOCH, through: -1 }, 'malformed'],
    [{ epoch: EPOCH, through: 60, resend: 'yes' }, 'malformed'],
    [`{"__proto__":{},"epoch":"${EPOCH}","through":60}`, 'malformed'],
    [`{"epoch":"${EPOCH}","through":60,"x":"${'x'.repeat(5_000)}"}`, 'malformed'],
    [{ epoch: '01JBBBBBBBBBBBBBBBBBBBBBBB', through: 60 }, 'wrong-epoch'],
    [{ epoch: EPOCH, through: 101 }, 'beyond-sent'],
    [{ epoch: EPOCH, through: 49 }, 'backwards'],
  ])('%j is refused as %s', (value, reason) => {
    expect(reasonOf(value)).toBe(reason);
  });

  it('is never accepted outside what was sent, whatever its bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.integer().map((through) => JSON.stringify({ epoch: EPOCH, through })),
        ),
        (text) => {
          const reason = reasonOf(text);
          const through = reason === 'accepted' ? readReceipt(bytes(text), context).through : 50;
          expect(through >= 50 && through <= 100).toBe(true);
        },
      ),
    );
  });
});
