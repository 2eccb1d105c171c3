/** Truth and arrivals: what was lost, invented, doubled, swapped or altered is named. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, type Arrival } from './compare.ts';
import { compareText } from './compare-text.ts';
import type { Happening } from './stand-in.ts';

const TYPE = 'hall.attendance.punched.v1';
const SPEAKS = new Map([
  ['clock-1', [TYPE]],
  ['clock-2', [TYPE]],
]);

const happening = (userId: number, extra: Partial<Happening> = {}): Happening => ({
  ...{ device: 'clock-1', kind: 'fingerprint-clock', atMs: 0, what: TYPE, data: { userId } },
  ...extra,
});
const arrivalsOf = (truth: readonly Happening[]): Arrival[] =>
  truth.map(({ device, what, data }, index) => ({
    ...{ device, type: what, sequence: index + 1 },
    data: { ...data, verifyCode: 1 },
  }));
const truth = [1, 2, 2, 3, 4].map((userId) => happening(userId));

describe('truth against what arrived', () => {
  test('is content with exactly what happened, whatever else the events say', () => {
    const report = compare(truth, arrivalsOf(truth), SPEAKS);
    expect(report).toMatchObject({ ok: true, happened: 5, arrived: 5 });
    expect(compareText(report, 'zh')).toContain('一件不少');
  });

  test('names what is missing, what is doubled, and what was altered', () => {
    const arrived = arrivalsOf(truth);
    const lost = compare(truth, arrived.toSpliced(3, 1), SPEAKS);
    expect(lost.missing.map(({ data }) => data)).toEqual([{ userId: 3 }]);
    const doubled = compare(truth, [...arrived, { ...arrived[2]!, sequence: 9 }], SPEAKS);
    expect(doubled.extra.map(({ sequence }) => sequence)).toEqual([9]);
    const altered = compare(truth, arrived.with(0, { ...arrived[0]!, data: { userId: 77 } }), SPEAKS);
    expect([altered.missing.length, altered.extra.length]).toEqual([1, 1]);
    expect(compareText(altered)).toMatch(/missing at the centre: 1\n.*"userId":1.*\n.*never happened: 1\n.*77/s);
  });

  test('names what was swapped at one device, and does not mind the order between devices', () => {
    const other = happening(9, { device: 'clock-2' });
    const swapped = arrivalsOf(truth);
    [swapped[3]!.sequence, swapped[4]!.sequence] = [5, 4];
    expect(compare(truth, swapped, SPEAKS)).toMatchObject({ ok: false, missing: [], extra: [] });
    expect(compare([...truth, other], arrivalsOf([other, ...truth]), SPEAKS).ok).toBe(true);
  });

  test('lets what a device could say only later come later, and nothing else', () => {
    const inTime = [1, 2, 3, 4].map((userId) => happening(userId));
    const late = inTime.with(1, happening(2, { late: true }));
    const arrived = arrivalsOf([late[0]!, late[2]!, late[1]!, late[3]!]);
    expect(compare(late, arrived, SPEAKS)).toMatchObject({ ok: true, happened: 4, arrived: 4 });
    expect(compare(late, arrived.toSpliced(2, 1), SPEAKS).missing).toHaveLength(1);
    expect(compare(inTime, arrived, SPEAKS).disorder).toHaveLength(1);
  });

  test('takes what may have arrived as it is, without taking the place of what must', () => {
    const uncertain = [happening(2, { maybe: true }), ...truth];
    expect(compare(uncertain, arrivalsOf(truth), SPEAKS).ok).toBe(true);
    expect(compare(uncertain, arrivalsOf(uncertain), SPEAKS).ok).toBe(true);
  });

  test('finds an invented event of a device at which nothing happened, and passes over types nobody vouches for', () => {
    const invented = arrivalsOf([happening(5, { device: 'clock-2' })]);
    expect(compare([], invented, SPEAKS).extra).toHaveLength(1);
    expect(compare([], arrivalsOf([happening(5, { what: 'hall.clock.alarm.v1' })]), SPEAKS).ok).toBe(true);
  });

  test('never passes when anything was lost or added', () => {
    const punches = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(punches, fc.nat(), fc.boolean(), (users, at, lose) => {
        const all = users.map((userId) => happening(userId));
        const arrived = arrivalsOf(all);
        const place = at % arrived.length;
        const wrong = lose ? arrived.toSpliced(place, 1) : [...arrived, arrived[place]!];
        expect(compare(all, arrived, SPEAKS).ok).toBe(true);
        expect(compare(all, wrong, SPEAKS).ok).toBe(false);
      }),
    );
  });
});
