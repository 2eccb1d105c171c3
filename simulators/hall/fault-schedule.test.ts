/** A planned day of mishaps: repeatable, spread over the devices that can have them, and never two at once in one place. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../kit/random.ts';
import { DAY_MS } from './day-curve.ts';
import { scheduleFaults } from './fault-schedule.ts';
import { CABLE_OUT_REAL_MS_MAX, FAULTS, faultsOf } from './fault-table.ts';
import type { Hand } from './stand-in.ts';

const hand: Hand = { summary: { en: '', zh: '' }, act: () => undefined };
const device = (id: string, hands: string[], more: Record<string, unknown> = {}) => ({
  entry: { id, kind: 'any', wire: 'any', ...more },
  hands: Object.fromEntries(hands.map((name) => [name, hand])),
});
const hall = [
  device('evaluator-1', ['rate', 'noise'], { line: 'bus' }),
  device('evaluator-2', ['rate', 'noise'], { line: 'bus' }),
  device('kiosk', ['press', 'tear-paper', 'paper-near-end', 'refill', 'jam', 'clear-jam']),
  device('board', ['power-off', 'power-on', 'hang', 'wake']),
  device('clock', ['punch', 'drift', 'reboot', 'hang', 'wake']),
  device('camera', ['motion', 'slow', 'reboot']),
];
const plan = (seed: number, perHour = 60) =>
  scheduleFaults({ devices: hall, random: seededRandom(seed), perHour, hooks: ['uplink', 'gateway'] });

describe('a planned day of faults', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(plan(1)).toEqual(plan(1));
    expect(plan(2)).not.toEqual(plan(1));
  });

  test('has, on a bad day, every fault that the hall can have', () => {
    const seen = new Set(plan(1).map(({ fault }) => fault));
    const possible = Object.keys(FAULTS).filter((name) => name !== 'cover');
    expect([...seen].sort()).toEqual(possible.sort());
  });

  test('spares devices that cannot be broken that way', () => {
    expect(faultsOf(device('half', ['jam', 'power-off', 'noise']))).toEqual(['cable', 'noise']);
    const papers = plan(3).filter(({ fault }) => fault === 'paper-out');
    expect(new Set(papers.map(({ device: id }) => id))).toEqual(new Set(['kiosk']));
  });

  test('never has two at once in one place, nor one that outlasts the day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 0, max: 200 }), (seed, perHour) => {
        const freeMs = new Map<string, number>();
        for (const { place, atMs, lastsMs } of plan(seed, perHour)) {
          expect(atMs).toBeGreaterThan(freeMs.get(place) ?? -1);
          expect(atMs + lastsMs).toBeLessThanOrEqual(DAY_MS);
          freeMs.set(place, atMs + lastsMs);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('treats a bus as one place: its devices hang on one cable', () => {
    const places = new Set(plan(4).flatMap(({ device: id, place }) => (id?.startsWith('evaluator') ? [place] : [])));
    expect(places).toEqual(new Set(['line bus']));
  });

  test('is quiet when nothing is asked for, or nothing can break', () => {
    expect(plan(1, 0)).toEqual([]);
    expect(scheduleFaults({ devices: [], random: seededRandom(1), perHour: 60 })).toEqual([]);
  });
});

test('no cable is out for longer than an evaluator keeps trying', () => {
  expect(CABLE_OUT_REAL_MS_MAX).toBeLessThan(20_000);
  expect(FAULTS.cable.realMsMax).toBe(CABLE_OUT_REAL_MS_MAX);
  expect(Object.values(FAULTS).every(({ realMsMax }) => Number.isFinite(realMsMax))).toBe(true);
});
