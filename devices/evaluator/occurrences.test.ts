/** One mark for one visit of one day, whatever the queue system calls its visits. */
import { expect, test } from 'vitest';
import { submitted } from './occurrences.ts';

const MARK = { level: 5, levelsOffered: [5] } as const;
const keyOf = (id: string, visitId: string | undefined, day: string) =>
  submitted('5', MARK, { id, visitId, begun: { wallMs: Date.parse(`${day}T01:00:00Z`) } }).naturalKey;

test('a second mark for the same visit on the same day is the same mark', () => {
  expect(keyOf('a', 'A001', '2026-06-01')).toBe(keyOf('b', 'A001', '2026-06-01'));
});

test('a visit that is called like one of yesterday has a mark of its own', () => {
  expect(keyOf('a', 'A001', '2026-06-01')).not.toBe(keyOf('a', 'A001', '2026-06-02'));
});

test('without a visit every evaluation that was begun has a mark of its own', () => {
  expect(keyOf('a', undefined, '2026-06-01')).not.toBe(keyOf('b', undefined, '2026-06-01'));
  expect(submitted('5', MARK, undefined).naturalKey).toBeUndefined();
});
