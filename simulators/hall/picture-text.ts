/**
 * A picture in a terminal: a board as a framed panel in the colours of its lamps, a ticket as paper. A character of normal
 * size takes one cell (a Chinese one two); larger text is spaced out and stands on as many rows as it is high.
 */
import stringWidth from 'string-width';
import { aligned, sheet, wrapped, type Sheet } from './picture-cells.ts';
import { dotsOf, qrDots, reduced, type Dots } from './picture-dots.ts';
import type { Picture, PicturePart } from './picture.ts';

/** Dots of a board under one terminal cell: half of a square character 16 dots high. */
export const CELL_DOTS = { width: 8, height: 16 };
const SGR = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, white: 37 };
const BOARD = { background: '40', bold: '1', frame: '38;5;240;40' };
const PAPER = '38;5;16;48;5;255';
const RESET = '\u001b[0m';
const OFF = '○';

type TextPart = Extract<PicturePart, { what: 'text' }>;

/** Lines that end in no line break; `colours: false` leaves out every escape code. */
export async function pictureText(picture: Picture, { colours }: { colours: boolean }): Promise<string> {
  const lines = picture.form === 'board' ? boardLines(picture, colours) : await ticketLines(picture, colours);
  return lines.join('\n');
}

function boardLines(picture: Picture, colours: boolean): string[] {
  const columns = Math.ceil(picture.width / CELL_DOTS.width);
  const rows = Math.max(1, Math.ceil((picture.height ?? CELL_DOTS.height) / CELL_DOTS.height));
  const panel = sheet(columns, rows, BOARD.background);
  if (!picture.lit) panel.put(Math.floor((rows - 1) / 2), aligned('centre', 1, columns), OFF, { style: '90' });
  else for (const part of picture.parts) if (part.what === 'text') putOnBoard(panel, rows, part);
  const frame = (text: string) => (colours ? `\u001b[${BOARD.frame}m${text}${RESET}` : text);
  const edge = '━'.repeat(columns + 2);
  const inside = panel.lines(colours).map((line) => `${frame('┃ ')}${line}${frame(' ┃')}`);
  return [frame(`┏${edge}┓`), ...inside, frame(`┗${edge}┛`)];
}

/** In the middle of its box, as boards show a line. */
function putOnBoard(panel: Sheet, rows: number, { text, box, size, align, colour }: TextPart): void {
  const left = Math.floor((box?.x ?? 0) / CELL_DOTS.width);
  const top = Math.floor((box?.y ?? 0) / CELL_DOTS.height);
  const columns = box ? Math.max(1, Math.floor(box.width / CELL_DOTS.width)) : panel.columns;
  const height = box ? Math.max(1, Math.floor(box.height / CELL_DOTS.height)) : rows;
  const each = Math.max(1, Math.floor(size));
  const lines = wrapped(text, Math.max(1, Math.floor(columns / each))).slice(0, Math.max(1, Math.floor(height / each)));
  const first = top + Math.max(0, Math.floor((height - lines.length * each) / 2));
  for (const [index, line] of lines.entries()) {
    const column = left + aligned(align, stringWidth(line) * each, columns);
    const row = first + index * each + Math.floor((each - 1) / 2);
    panel.put(row, column, line, { style: `${BOARD.bold};${SGR[colour ?? 'red']}`, size: each });
  }
}

async function ticketLines(picture: Picture, colours: boolean): Promise<string[]> {
  const pieces = await Promise.all(picture.parts.map((part) => ticketPiece(part, picture.width)));
  const columns = Math.max(picture.width, ...pieces.flat().map(({ text, size }) => stringWidth(text) * size));
  const rows = pieces.flat();
  const paper = sheet(columns + 2, rows.length, PAPER);
  for (const [row, { text, size, align, style }] of rows.entries()) {
    paper.put(row, 1 + aligned(align, stringWidth(text) * size, columns), text, { size, ...(style && { style }) });
  }
  return paper.lines(colours);
}

interface PaperRow {
  text: string;
  size: number;
  align: 'left' | 'centre' | 'right';
  style?: string;
}

async function ticketPiece(part: PicturePart, columns: number): Promise<PaperRow[]> {
  switch (part.what) {
    case 'text':
      return textRows(part, columns);
    case 'qr':
      return halfBlocks(await qrDots(part.payload)).map((text) => ({ text, size: 1, align: part.align }));
    case 'dots':
      return halfBlocks(reduced(dotsOf(part.rows), columns)).map((text) => ({ text, size: 1, align: part.align }));
    case 'cut':
      return [{ text: `${'- '.repeat(Math.floor(columns / 2) - 1)}✂`, size: 1, align: 'left' }];
  }
}

function textRows({ text, size, bold, align }: TextPart, columns: number): PaperRow[] {
  const each = Math.max(1, Math.floor(size));
  const below: PaperRow[] = Array.from({ length: each - 1 }, () => ({ text: '', size: 1, align: 'left' }));
  const strong = bold === true || each > 1;
  return wrapped(text, Math.max(1, Math.floor(columns / each))).flatMap((line) => [
    { text: line, size: each, align, ...(strong && { style: '1' }) },
    ...below,
  ]);
}

/** Two dots, one above the other, in each character. */
function halfBlocks(dots: Dots): string[] {
  return dots.flatMap((upper, y) => {
    if (y % 2 === 1) return [];
    const lower = dots[y + 1] ?? [];
    return [upper.map((dot, x) => (dot ? (lower[x] ? '█' : '▀') : lower[x] ? '▄' : ' ')).join('')];
  });
}
