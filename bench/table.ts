/**
 * The figures as people read them: an aligned table for the terminal and the same one in Markdown.
 */
import type { Budget, Figure } from './figure.ts';

const HEADINGS = ['figure', 'measured', 'unit', 'peer', 'ratio', 'budget', 'holds'];
/** Columns of numbers, which end at the right. */
const NUMBERS = new Set(['measured', 'ratio']);
const GAP = '  ';

/** Columns aligned with blanks, a line of dashes under the headings. */
export function textTable(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const dashes = widths.map((width) => '-'.repeat(width));
  return [HEADINGS, dashes, ...rows.slice(1)].map((row) => line(row, widths, GAP).trimEnd()).join('\n');
}

export function markdownTable(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const dashes = HEADINGS.map((heading, column) => {
    const width = widths[column] ?? 0;
    return NUMBERS.has(heading) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
  });
  return [HEADINGS, dashes, ...rows.slice(1)].map((row) => `| ${line(row, widths, ' | ')} |`).join('\n');
}

/** `>= 40,000 events/s`, `>= 0.5 x peer`, `<= 10 ms`. */
export function budgetText(budget: Budget, unit: string): string {
  const bound = 'atLeast' in budget ? `>= ${numberText(budget.atLeast)}` : `<= ${numberText(budget.atMost)}`;
  return budget.of === 'ratio' ? `${bound} x peer` : `${bound} ${unit}`;
}

/** Three digits that mean something; whole numbers from 100 on, with a comma between thousands. */
export function numberText(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

function cellsOf({ name, value, unit, peer, ratio, budget, holds }: Figure): string[] {
  return [
    name,
    numberText(value),
    unit,
    peer ? `${peer.name}: ${numberText(peer.value)}` : '',
    ratio === undefined ? '' : ratio.toFixed(2),
    budget ? budgetText(budget, unit) : '',
    holds === undefined ? '' : holds ? 'yes' : 'NO',
  ];
}

function line(cells: readonly string[], widths: readonly number[], gap: string): string {
  return cells
    .map((cell, column) => {
      const width = widths[column] ?? 0;
      return NUMBERS.has(HEADINGS[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
    })
    .join(gap);
}
