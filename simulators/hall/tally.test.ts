import { expect, test } from 'vitest';
import { tally } from './tally.ts';

test('what happened and arrived once is neither missing nor invented', () => {
  const book = tally();
  book.made('a');
  book.made('a');
  book.arrived('a');
  book.arrived('a');
  expect([book.missing(), book.invented(), book.counts()]).toEqual([[], [], { made: 2, arrived: 2 }]);
});

test('what never arrived is missing, and what never happened is invented', () => {
  const book = tally();
  book.made('a');
  book.arrived('b');
  book.made('c');
  book.arrived('c');
  book.arrived('c');
  expect(book.missing()).toEqual(['a']);
  expect(book.invented()).toEqual(['b', 'c']);
});
