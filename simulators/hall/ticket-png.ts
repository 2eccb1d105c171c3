/**
 * Tickets as they come out of a kiosk: thermal paper with what is printed on it, torn where it was cut; paper that was not
 * cut still hangs in the printer's mouth.
 */
import type { SKRSContext2D } from '@napi-rs/canvas';
import { aligned, wrapped } from './picture-cells.ts';
import { dotsOf, qrDots, type Dots } from './picture-dots.ts';
import { textDots, type CanvasModule } from './picture-glyphs.ts';
import type { Picture, PicturePart } from './picture.ts';

/** Pixels: a column is half a Chinese character wide, twice the font's 8 dots. */
const COLUMN = 16;
const LINE = { height: 32, gap: 8 };
const FONT_DOTS = 16;
/** Thermal heads have 12 dots for a column. */
const HEAD_DOT = COLUMN / 12;
const QR_MODULE = 8;
const PAPER = { margin: 40, top: 36, bottom: 28, fill: '#fbfaf5', ink: '#23211f', tooth: 8 };
const DESK = { margin: 28, fill: '#8d9196', slot: '#2b2d30', slotHeight: 22 };

interface Block {
  dots: Dots;
  /** Pixels of a dot. */
  scale: number;
  align: 'left' | 'centre' | 'right';
  gap: number;
  bold: boolean;
}

interface Ticket {
  blocks: Block[];
  height: number;
  cut: boolean;
}

export async function ticketPng(module: CanvasModule, picture: Picture): Promise<Buffer> {
  const blocks = await Promise.all(picture.parts.map((part) => blocksOf(module, part, picture.width)));
  const tickets = ticketsOf(picture.parts, blocks);
  const inner = Math.max(picture.width * COLUMN, ...tickets.flatMap(({ blocks: all }) => all.map(widthOf)));
  const width = inner + 2 * (PAPER.margin + DESK.margin);
  const height = tickets.reduce((sum, ticket) => sum + ticket.height + DESK.margin, DESK.margin);
  const canvas = module.createCanvas(Math.ceil(width), Math.ceil(height));
  const context = canvas.getContext('2d');
  context.fillStyle = DESK.fill;
  context.fillRect(0, 0, width, height);
  let top = DESK.margin;
  for (const ticket of tickets) {
    drawPaper(context, ticket, top, width);
    drawBlocks(context, ticket, top + PAPER.top, inner);
    top += ticket.height + DESK.margin;
  }
  return canvas.toBuffer('image/png');
}

async function blocksOf(module: CanvasModule, part: PicturePart, columns: number): Promise<Block[]> {
  switch (part.what) {
    case 'text': {
      const { size, align, bold = false } = part;
      const scale = (LINE.height / FONT_DOTS) * size;
      const lines = wrapped(part.text, Math.max(1, Math.floor(columns / size)));
      return lines.map((line) => ({ dots: textDots(module, line, FONT_DOTS), scale, align, bold, gap: LINE.gap }));
    }
    case 'qr':
      return [{ dots: await qrDots(part.payload), scale: QR_MODULE, align: part.align, bold: false, gap: 0 }];
    case 'dots':
      return [{ dots: dotsOf(part.rows), scale: HEAD_DOT, align: part.align, bold: false, gap: 0 }];
    case 'cut':
      return [];
  }
}

/** Each piece of paper between two cuts. */
function ticketsOf(parts: readonly PicturePart[], blocks: readonly Block[][]): Ticket[] {
  const tickets: Ticket[] = [];
  let current: Block[] = [];
  const end = (cut: boolean) => {
    const printed = current.reduce((sum, block) => sum + heightOf(block), 0);
    tickets.push({ blocks: current, height: PAPER.top + printed + PAPER.bottom, cut });
    current = [];
  };
  for (const [index, part] of parts.entries()) {
    if (part.what === 'cut') end(true);
    else current.push(...(blocks[index] ?? []));
  }
  if (current.length > 0 || tickets.length === 0) end(false);
  return tickets;
}

function drawPaper(context: SKRSContext2D, { height, cut }: Ticket, top: number, width: number): void {
  const left = DESK.margin;
  const right = width - DESK.margin;
  context.save();
  context.shadowColor = '#00000070';
  context.shadowBlur = 14;
  context.shadowOffsetY = 5;
  context.fillStyle = PAPER.fill;
  context.beginPath();
  context.moveTo(left, top);
  for (let x = left; x < right; x += 2 * PAPER.tooth) {
    context.lineTo(Math.min(right, x + PAPER.tooth), top + PAPER.tooth);
    context.lineTo(Math.min(right, x + 2 * PAPER.tooth), top);
  }
  context.lineTo(right, top + height);
  for (let x = right; cut && x > left; x -= 2 * PAPER.tooth) {
    context.lineTo(Math.max(left, x - PAPER.tooth), top + height - PAPER.tooth);
    context.lineTo(Math.max(left, x - 2 * PAPER.tooth), top + height);
  }
  context.lineTo(left, top + height);
  context.fill();
  context.restore();
  if (cut) return;
  context.fillStyle = DESK.slot;
  context.beginPath();
  context.roundRect(left - 12, top + height - DESK.slotHeight / 2, right - left + 24, DESK.slotHeight, 8);
  context.fill();
}

function drawBlocks(context: SKRSContext2D, { blocks }: Ticket, top: number, inner: number): void {
  context.fillStyle = PAPER.ink;
  let y = top;
  for (const block of blocks) {
    drawDots(context, block, DESK.margin + PAPER.margin + aligned(block.align, widthOf(block), inner), y);
    y += heightOf(block);
  }
}

/** Neighbouring dots meet on whole pixels, so that no seam shows in a code. */
function drawDots(context: SKRSContext2D, { dots, scale, bold }: Block, left: number, top: number): void {
  const weight = bold ? scale / 2 : 0;
  for (const [row, line] of dots.entries()) {
    const [y, below] = [Math.round(top + row * scale), Math.round(top + (row + 1) * scale)];
    for (const [column, dark] of line.entries()) {
      if (!dark) continue;
      const [x, after] = [Math.round(left + column * scale), Math.round(left + (column + 1) * scale + weight)];
      context.fillRect(x, y, after - x, below - y);
    }
  }
}

function widthOf({ dots, scale }: Block): number {
  return (dots[0]?.length ?? 0) * scale;
}

function heightOf({ dots, scale, gap }: Block): number {
  return dots.length * scale + gap;
}
