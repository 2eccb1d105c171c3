/** The ledger remembers millions in flat arrays. */
import { describe, expect, it } from 'vitest';
import { ledger } from './ledger.ts';
import { numberIndex } from './number-index.ts';

const EPOCH = '01JAAAAAAAAAAAAAAAAAAAAAAA';

function eventAt(sequence: number) {
  const id = `01JBBBBBBBBBBBBBBB${String(sequence).padStart(8, '0')}`;
  const source = '/halls/demo/gateways/gw1/evaluator/w1';
  return {
    id,
    source,
    type: 'hall.evaluation.submitted.v1',
    time: '',
    recordedtime: '',
    clock: 'synced',
    sequence,
    epoch: EPOCH,
    data: {},
  };
}

describe('the ledger', () => {
  it('takes less than 100 bytes an event', () => {
    const events = 300_000;
    const before = process.memoryUsage();
    const book = ledger();
    for (let sequence = 1; sequence <= events; sequence += 1) book.enter(eventAt(sequence), `body ${sequence}`);
    const after = process.memoryUsage();
    expect(book.counts()).toEqual({ events, repeats: 0, disorder: 0 });
    expect(book.receipt()).toEqual({ epoch: EPOCH, through: events, hole: false });
    expect((after.arrayBuffers - before.arrayBuffers) / events).toBeLessThan(100);
  });

  it('starts where it came in when told to', () => {
    const book = ledger('first-seen');
    for (const sequence of [500, 501, 503]) book.enter(eventAt(sequence), '');
    expect(book.gaps()).toEqual([{ epoch: EPOCH, from: 502, to: 502 }]);
    expect(book.receipt()?.through).toBe(501);
  });
});

describe('the order of arrivals', () => {
  const disorderOf = (...sequences: number[]) => {
    const book = ledger();
    for (const sequence of sequences) book.enter(eventAt(sequence), '');
    return book.counts().disorder;
  };

  it('is kept by a gateway that begins again at the first hole and says everything once more', () => {
    expect(disorderOf(1, 2, 3)).toBe(0);
    expect(disorderOf(3, 4, 1, 2, 3, 4, 5)).toBe(0);
    expect(disorderOf(1, 2, 5, 6, 2, 3, 4, 5, 6, 7)).toBe(0);
    expect(disorderOf(1, 4, 2, 4, 2, 3, 4)).toBe(0);
  });

  it('is not disturbed by repetitions', () => {
    expect(disorderOf(1, 2, 3, 2, 4, 4, 1, 5)).toBe(0);
  });

  it('is broken by one that comes late, or is skipped when it is said again', () => {
    expect(disorderOf(1, 3, 2)).toBe(1);
    expect(disorderOf(1, 3, 2, 4)).toBe(1);
    expect(disorderOf(2, 5, 4, 1)).toBeGreaterThan(0);
  });
});

describe('the number index', () => {
  it('finds every key after growing, with its first value', () => {
    const index = numberIndex();
    for (let key = 0; key < 10_000; key += 1) index.put(key * 4_294_967_296 + key, key);
    index.put(0, 99);
    for (let key = 0; key < 10_000; key += 1) expect(index.get(key * 4_294_967_296 + key)).toBe(key);
    expect(index.size()).toBe(10_000);
    expect(index.get(5)).toBeUndefined();
  });

  it('adds up', () => {
    const index = numberIndex();
    index.add(7, 1);
    index.add(7, 2);
    expect(index.get(7)).toBe(3);
  });
});
