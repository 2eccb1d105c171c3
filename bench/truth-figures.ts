/**
 * The end of a lived hall as figures: whatever is missing, invented or out of order is one too many.
 */
import { compareText } from '../simulators/hall/compare-text.ts';
import type { Measurement } from './figure.ts';
import type { HallEnd } from './whole-hall.ts';

export function truthFigures(name: string, { truth, verdict }: HallEnd, note: string): Measurement[] {
  const none = (what: string, value: number): Measurement => {
    return { name: `${name}: ${what}`, value, unit: 'records', budget: { of: 'value', atMost: 0 }, note };
  };
  const contradictions = verdict.gaps.length + verdict.conflicts.length + verdict.disorder + verdict.violations.count;
  return [
    { name: `${name}: happened`, value: truth.happened, unit: 'records', note },
    none('missing at the centre', truth.missing.length),
    none('at the centre, but never happened', truth.extra.length),
    none('out of order', truth.disorder.length),
    none('gaps, conflicts and breaches of the contract', contradictions),
  ];
}

/** @throws Error in words when the centre has anything but what happened: then no other figure counts. */
export function throwUnlessTrue({ truth, verdict }: HallEnd): void {
  if (truth.ok && verdict.ok) return;
  throw new Error(`${compareText(truth)}\n${JSON.stringify(verdict)}`);
}
