/**
 * A ticket as text for a terminal: enlarged lines are spaced out, a QR code is drawn in half blocks.
 */
import type { PaperLine, Ticket } from './printer-paper.ts';
import { dotsOf } from './printer-picture.ts';

/** Font A on paper of 80 mm: 576 dots. */
const COLUMNS = 48;

/** Lines between two edges of paper. */
export function renderText(ticket: Ticket): string {
  const body = ticket.lines.flatMap((line) => linesOf(line));
  const edge = (sign: string) => `+${sign.repeat(COLUMNS + 2)}+`;
  return [edge('-'), ...body.map((line) => `| ${padded(line)} |`), edge(ticket.cut === 'torn' ? '~' : '-')].join('\n');
}

function linesOf(line: PaperLine): string[] {
  if (line.kind === 'blank') return [''];
  if (line.kind === 'text') {
    const spaced = line.width > 1 ? Array.from(line.text).join(' '.repeat(line.width - 1)) : line.text;
    return [placed(spaced, line.align), ...(line.height > 2 ? [''] : [])];
  }
  const dots = dotsOf(line) ?? [];
  const step = line.kind === 'qr' ? line.moduleDots : finestRun(dots);
  return halfBlocks(dots, step).map((row) => placed(row, line.align));
}

/** Dots of the narrowest thing in a picture: the width of a QR module. */
function finestRun(dots: readonly (readonly boolean[])[]): number {
  let finest = 8;
  for (const row of dots) {
    for (let x = 0, run = 1; x + 1 < row.length; x += 1) {
      run = row[x] === row[x + 1] ? run + 1 : 1;
      if (run === 1 && x > 0) finest = Math.min(finest, runBefore(row, x));
    }
  }
  return finest;
}

function runBefore(row: readonly boolean[], end: number): number {
  let run = 1;
  while (end - run >= 0 && row[end - run] === row[end]) run += 1;
  return run;
}

function halfBlocks(dots: readonly (readonly boolean[])[], step: number): string[] {
  const rows: string[] = [];
  const width = dots[0]?.length ?? 0;
  for (let y = 0; y < dots.length; y += 2 * step) {
    let text = '';
    for (let x = 0; x < width; x += step) {
      const upper = dots[y]?.[x] === true;
      const lower = dots[y + step]?.[x] === true;
      text += upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ';
    }
    rows.push(text);
  }
  return rows;
}

function placed(text: string, align: 'left' | 'center' | 'right'): string {
  const room = Math.max(0, COLUMNS - columnsOf(text));
  const before = align === 'left' ? 0 : align === 'right' ? room : Math.floor(room / 2);
  return ' '.repeat(before) + text;
}

function padded(text: string): string {
  return text + ' '.repeat(Math.max(0, COLUMNS - columnsOf(text)));
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;

/** Chinese characters and full-width signs take two columns. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}
