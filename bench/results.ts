/**
 * The results as files: results.json for programs, results.md for people. A run of some benchmarks leaves the results of the
 * others as they were, unless those are from another machine.
 */
import { z } from 'zod';
import { figureSchema } from './figure.ts';
import { machineSchema, machineText, type MachineFacts } from './machine.ts';
import { markdownTable } from './table.ts';

const resultsSchema = z.strictObject({
  machine: machineSchema,
  benchmarks: z.record(z.string(), z.strictObject({ measuredOn: z.iso.date(), figures: z.array(figureSchema) })),
});

export type Results = z.output<typeof resultsSchema>;

/**
 * The stored results with the fresh ones in the place of older ones; `stored` is the text of results.json, if there is one.
 *
 * @throws Error when the text is not what this file writes.
 */
export function mergedResults(stored: string | undefined, fresh: Results): Results {
  if (stored === undefined) return fresh;
  const before = resultsSchema.parse(JSON.parse(stored));
  return sameMachine(before.machine, fresh.machine)
    ? { machine: fresh.machine, benchmarks: { ...before.benchmarks, ...fresh.benchmarks } }
    : fresh;
}

/** The table, what each figure's sizes were, and a paragraph for each figure that falls short. */
export function resultsPage(results: Results, findings: string): string {
  const figures = Object.values(results.benchmarks).flatMap((benchmark) => benchmark.figures);
  const short = figures.filter(({ holds }) => holds === false);
  const dates = [...new Set(Object.values(results.benchmarks).map(({ measuredOn }) => measuredOn))].sort();
  return `${[
    '# The budgets, measured',
    'Written by `npm run bench`; do not edit. Every value is the median of its runs.',
    `Machine: ${machineText(results.machine)}. Measured on ${dates.join(', ')}.`,
    markdownTable(figures),
    '## How each was measured',
    figures.flatMap(({ name, note }) => (note === undefined ? [] : [`- ${name}: ${note}.`])).join('\n'),
    ...(short.length > 0 ? ['## What falls short', ...short.map(({ name }) => shortfall(name, findings))] : []),
  ].join('\n\n')}\n`;
}

/** What findings.md says about a figure: its section with the same heading. */
function shortfall(name: string, findings: string): string {
  const section = findings.split(/^## /m).find((part) => part.split('\n', 1)[0]?.trim() === name);
  const text = section?.slice(section.indexOf('\n')).trim();
  return `### ${name}\n\n${text ?? 'Nobody has looked into this yet: profile it as bench/findings.md tells, and write there what you see.'}`;
}

function sameMachine(one: MachineFacts, other: MachineFacts): boolean {
  return one.cpu === other.cpu && one.cores === other.cores && one.fileSystem === other.fileSystem;
}
