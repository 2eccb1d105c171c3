import { describe, expect, it } from 'vitest';
import { figuresOf, type Measurement } from './figure.ts';
import { median, percentile } from './statistics.ts';

function rates(...values: number[]): Measurement[][] {
  return values.map((value) => [{ name: 'ingest', value, unit: 'events/s', budget: { of: 'value', atLeast: 100 } }]);
}

function ratios(...pairs: [ours: number, peers: number][]): Measurement[][] {
  return pairs.map(([value, peer]) => [
    {
      name: 'drain',
      value,
      unit: 'events/s',
      budget: { of: 'ratio', atLeast: 1 },
      peer: { name: 'bridge', value: peer },
    },
  ]);
}

describe('a figure', () => {
  it('is the median of its runs, which are all kept', () => {
    expect(figuresOf(rates(90, 300, 110))).toMatchObject([{ value: 110, runs: [90, 300, 110], holds: true }]);
  });

  it('holds at its budget exactly, and not below', () => {
    expect(figuresOf(rates(100))).toMatchObject([{ holds: true }]);
    expect(figuresOf(rates(99.9))).toMatchObject([{ holds: false }]);
  });

  it('with an upper bound holds up to it, and not above', () => {
    const latency = (value: number): Measurement[][] => [
      [{ name: 'p50', value, unit: 'ms', budget: { of: 'value', atMost: 10 } }],
    ];
    expect(figuresOf(latency(10))).toMatchObject([{ holds: true }]);
    expect(figuresOf(latency(10.1))).toMatchObject([{ holds: false }]);
  });

  it('is compared with the peer of the same run: the median of the ratios, not the ratio of the medians', () => {
    const [figure] = figuresOf(ratios([50, 100], [400, 200], [90, 75]));
    expect(figure).toMatchObject({ value: 90, peer: { value: 100 }, ratio: 1.2, holds: true });
  });

  it('falls short of its peer however large it is', () => {
    expect(figuresOf(ratios([1_000_000, 1_100_000]))).toMatchObject([{ holds: false }]);
  });

  it('without a budget is information, and neither holds nor falls short', () => {
    expect(figuresOf([[{ name: 'memory', value: 80, unit: 'MB' }]])).toEqual([
      { name: 'memory', value: 80, unit: 'MB', runs: [80] },
    ]);
  });

  it('cannot promise a ratio when nobody else was measured', () => {
    const alone: Measurement = { name: 'drain', value: 1, unit: 'events/s', budget: { of: 'ratio', atLeast: 1 } };
    expect(() => figuresOf([[alone]])).toThrow('no peer');
  });

  it('cannot be made of runs that measured different things', () => {
    expect(() => figuresOf([...rates(1), [{ name: 'other', value: 1, unit: 'ms' }]])).toThrow('"ingest"');
  });
});

describe('the statistics', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
  ])('find the middle of %j', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  it('find the value that so many percent do not exceed', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect([50, 99, 100].map((percent) => percentile(values, percent))).toEqual([100, 198, 200]);
  });

  it('refuse to make a number of nothing', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => percentile([], 99)).toThrow(RangeError);
  });
});
