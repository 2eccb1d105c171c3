/**
 * When people come: a curve with a morning and an afternoon peak, over the opening hours of a hall.
 */
import type { Random } from '../kit/random.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Shares of the day's visits that come in each half hour; most come an hour after the doors open. */
const HALF_HOURS: readonly (readonly [hour: number, weight: number])[] = [
  [9, 6],
  [9.5, 11],
  [10, 13],
  [10.5, 11],
  [11, 7],
  [11.5, 3],
  [13, 5],
  [13.5, 8],
  [14, 11],
  [14.5, 10],
  [15, 7],
  [15.5, 4],
  [16, 3],
  [16.5, 1],
];
const WEIGHTS = HALF_HOURS.reduce((sum, [, weight]) => sum + weight, 0);

/** Part of a day's visits that come in its busiest hour. */
export const PEAK_HOUR_SHARE = Math.max(
  ...HALF_HOURS.map(([, weight], index) => (weight + (HALF_HOURS[index + 1]?.[1] ?? 0)) / WEIGHTS),
);

/** Milliseconds after midnight at which somebody comes. */
export function arrivalMs(random: Random): number {
  let left = random.next() * WEIGHTS;
  for (const [hour, weight] of HALF_HOURS) {
    if (left < weight) return (hour + (left / weight) * 0.5) * HOUR_MS;
    left -= weight;
  }
  return 9 * HOUR_MS;
}

/** As many moments of a day as asked for, spread as the curve says, in order. */
export function arrivals(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => arrivalMs(random)).sort((a, b) => a - b);
}
