/** A planned day: the same seed the same day, peaks where people come, and nobody evaluated who was not called. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../kit/random.ts';
import { arrivals, DAY_MS, HOUR_MS, PEAK_HOUR_SHARE } from './day-curve.ts';
import { planDay, type Actor } from './day.ts';

const devices = [
  { id: 'kiosk-1', kind: 'ticket-dispenser', wire: 'escpos' },
  { id: 'clock-1', kind: 'fingerprint-clock', wire: 'zk' },
  { id: 'camera-1', kind: 'camera', wire: 'onvif' },
  ...['1', '2', '3'].flatMap((window) => [
    { id: `evaluator-${window}`, kind: 'evaluator', wire: 'rs485', window },
    { id: `board-${window}`, kind: 'led-board', wire: 'modbus', window },
  ]),
];
const plan = (seed: number, visits = 200) => planDay({ devices, random: seededRandom(seed), visits, staff: 10 });
const handsOf = ({ steps }: Actor) => steps.map(({ deed }) => (deed.by === 'person' ? deed.hand : deed.command));

describe('a planned day', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(8)).not.toEqual(plan(7));
  });

  test('has its busiest hour in the morning and quiet nights', () => {
    const hours = arrivals(20_000, seededRandom(1)).map((atMs) => Math.floor(atMs / HOUR_MS));
    const share = (hour: number) => hours.filter((each) => each === hour).length / hours.length;
    expect(share(10)).toBeCloseTo(PEAK_HOUR_SHARE, 1);
    expect(share(12)).toBe(0);
    expect(Math.min(...hours)).toBeGreaterThanOrEqual(9);
  });

  test('gives every visit a ticket of its own, and calls it once', () => {
    const actors = plan(3);
    const tickets = actors.flatMap(({ steps }) =>
      steps.flatMap(({ deed }) =>
        deed.by === 'programme' && deed.command === 'print-ticket' ? [deed.data['ticketNumber']] : [],
      ),
    );
    const called = actors.flatMap(({ steps }) =>
      steps.flatMap(({ deed }) =>
        deed.by === 'programme' && deed.command === 'show-call' ? [deed.data['ticketNumber']] : [],
      ),
    );
    expect(new Set(tickets).size).toBe(200);
    expect([...called].sort()).toEqual([...tickets].sort());
  });

  test('keeps every actor in order, and asks before it is rated', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 300 }), (seed, visits) => {
        for (const actor of plan(seed, visits)) {
          const times = actor.steps.map(({ atMs }) => atMs);
          expect(times).toEqual([...times].sort((a, b) => a - b));
          const hands = handsOf(actor);
          for (const [at, hand] of hands.entries()) if (hand === 'rate') expect(hands[at - 1]).toBe('start-evaluation');
          for (const atMs of times) expect(atMs).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('lets everybody punch four times, and cameras see more by day than by night', () => {
    const actors = plan(5);
    const punches = actors.find(({ name }) => name === 'clock-1');
    expect(punches?.steps).toHaveLength(40);
    const motions = actors.find(({ name }) => name === 'camera-1')?.steps ?? [];
    const byDay = motions.filter(({ atMs }) => atMs > 8 * HOUR_MS && atMs < 18 * HOUR_MS);
    expect(byDay.length).toBeGreaterThan(motions.length - byDay.length);
    expect(Math.max(...motions.map(({ atMs }) => atMs))).toBeLessThan(DAY_MS + HOUR_MS);
  });

  test('leaves out what the hall does not have', () => {
    const bare = devices.filter(({ kind }) => kind === 'evaluator');
    const actors = planDay({ devices: bare, random: seededRandom(1), visits: 20, staff: 10 });
    expect(new Set(actors.flatMap(handsOf))).toEqual(new Set(['call', 'show-ticket', 'start-evaluation', 'rate']));
  });
});
