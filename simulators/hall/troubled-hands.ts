/**
 * Hands that put a device into trouble: which do, what ends it, and which of them still stand.
 */
import { FAULTS } from './fault-table.ts';

/** What ends the trouble that a hand began: `power-off` is ended by `power-on`. */
export const ENDED_BY: ReadonlyMap<string, string> = new Map(
  Object.values(FAULTS).flatMap(({ begin, end }) =>
    begin && end && begin.hand !== end.hand ? [[begin.hand, end.hand] as const] : [],
  ),
);

/** Their one field says whether they begin (`on: true`, `ms: 2000`) or end (`on: false`, `ms: 0`). */
const SWITCHES: readonly string[] = ['slow', 'tamper', 'video-loss'];

const TROUBLING: ReadonlySet<string> = new Set([
  ...Object.values(FAULTS).flatMap(({ begin }) => (begin ? [begin.hand] : [])),
  ...SWITCHES,
]);

/** Something goes wrong at the device by it. */
export function isTroubling(hand: string): boolean {
  return TROUBLING.has(hand);
}

/** The troubles that stand at a device after a hand was used; `standing` is not changed. */
export function troublesAfter(standing: readonly string[], hand: string, input: Record<string, unknown>): string[] {
  const left = standing.filter((begun) => begun !== hand && ENDED_BY.get(begun) !== hand);
  const begins = SWITCHES.includes(hand) ? Object.values(input).some((value) => Number(value) > 0) : ENDED_BY.has(hand);
  return begins ? [...left, hand] : left;
}
