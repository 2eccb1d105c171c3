/**
 * From what was measured to what is reported: the median of the runs, its ratio to the peer, and whether the budget holds.
 */
import { z } from 'zod';
import { median } from './statistics.ts';

/** `quick` proves that a benchmark works; its figures mean nothing. */
export type Size = 'full' | 'quick';

/** A promise about the value itself, or about its ratio to the peer in the same run. */
const budgetSchema = z.union([
  z.strictObject({ of: z.enum(['value', 'ratio']), atLeast: z.number() }),
  z.strictObject({ of: z.enum(['value', 'ratio']), atMost: z.number() }),
]);

export type Budget = z.output<typeof budgetSchema>;

/** What one run of a benchmark found. */
export const measurementSchema = z.strictObject({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  budget: budgetSchema.exactOptional().describe('absent: for information'),
  peer: z
    .strictObject({ name: z.string(), value: z.number() })
    .exactOptional()
    .describe('the same work done by somebody else, in turn with ours, in the same run'),
  note: z.string().exactOptional().describe('sizes and settings that a reader must know to believe the value'),
});

export type Measurement = z.output<typeof measurementSchema>;

/** One line of the table. */
export const figureSchema = measurementSchema.extend({
  ratio: z.number().exactOptional().describe("value / peer's value: the median of the runs' own ratios"),
  holds: z.boolean().exactOptional().describe('absent where there is no budget'),
  runs: z.array(z.number()).describe('the value in each run'),
});

export type Figure = z.output<typeof figureSchema>;

/**
 * One figure for each name, in the order of the first run.
 *
 * @throws Error when the runs did not measure the same things, or a budget speaks of a ratio and there is no peer.
 */
export function figuresOf(runs: readonly (readonly Measurement[])[]): Figure[] {
  const [first = []] = runs;
  return first.map(({ name }) => figureOf(runs.map((run) => measurementIn(run, name))));
}

function figureOf(found: readonly Measurement[]): Figure {
  const [pattern] = found;
  if (!pattern) throw new Error('nothing was measured');
  const values = found.map(({ value }) => value);
  const value = median(values);
  const comparison = compared(found);
  const { budget } = pattern;
  const promised = budget?.of === 'ratio' ? comparison.ratio : value;
  return {
    ...pattern,
    value,
    ...comparison,
    ...(budget && { holds: isKept(budget, promised, pattern.name) }),
    runs: values,
  };
}

/** The peer's median and the median of the ratios; nothing without a peer. */
function compared(found: readonly Measurement[]): Pick<Figure, 'peer' | 'ratio'> {
  const pairs = found.flatMap(({ value, peer }) => (peer ? [{ ...peer, ratio: value / peer.value }] : []));
  const [pattern] = pairs;
  if (!pattern) return {};
  const peer = { name: pattern.name, value: median(pairs.map((pair) => pair.value)) };
  return { peer, ratio: median(pairs.map((pair) => pair.ratio)) };
}

function isKept(budget: Budget, measured: number | undefined, name: string): boolean {
  if (measured === undefined) throw new Error(`${name}: a budget for a ratio, but no peer was measured`);
  return 'atLeast' in budget ? measured >= budget.atLeast : measured <= budget.atMost;
}

function measurementIn(run: readonly Measurement[], name: string): Measurement {
  const found = run.find((measurement) => measurement.name === name);
  if (!found) throw new Error(`a run did not measure "${name}"`);
  return found;
}
