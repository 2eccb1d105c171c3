/**
 * One person, three forms: text, number, internal uid.
 */
import { describe, expect, test } from 'vitest';
import { comparableId } from './punches.ts';
import { people } from './zk-people.ts';

const time = { year: 2026, month: 6, day: 1, hour: 8, minute: 0, second: 0 };
const punch = { verify: 1, punch: 0, time };
const ENROLLED = [{ uid: 7, userId: '00042', name: '张三' }];

describe('the people of a clock', () => {
  test('are found by text, by number and by uid, and shown as enrolled', () => {
    const known = people(undefined);
    known.replace(ENROLLED);
    for (const form of [{ userId: '00042' }, { userId: '42' }, { uid: 7 }]) {
      expect(known.find({ ...punch, ...form })).toEqual({ userId: '00042', name: '张三' });
    }
  });

  test('keep their old punches after they were removed and the gateway was restarted', () => {
    const before = people(undefined);
    before.replace(ENROLLED);
    const after = people(before.remembered());
    after.replace([]);
    expect(after.find({ ...punch, uid: 7 })).toEqual({ userId: '00042' });
  });

  test('who are not enrolled go by the number that the record says', () => {
    expect(people(undefined).find({ ...punch, userId: '0099' })).toEqual({ userId: '0099' });
    expect(people({ 7: 42 }).find({ ...punch, uid: 7 })).toEqual({ userId: '7' });
  });

  test.each([
    ['00042', '42'],
    ['0', '0'],
    ['000', '0'],
    ['A007', 'A007'],
    ['', ''],
  ])('%j compares as %j', (userId, comparable) => {
    expect(comparableId(userId)).toBe(comparable);
  });
});
