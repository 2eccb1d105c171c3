/** Boards and tickets in a terminal: what a person reads there, and that everything stays in its columns. */
import jsQR from 'jsqr';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { reduced } from './picture-dots.ts';
import { pictureText } from './picture-text.ts';
import type { Picture } from './picture.ts';

const board: Picture = {
  ...{ form: 'board', width: 128, height: 32, lit: true },
  parts: [
    { what: 'text', text: '请A0012号', size: 1, align: 'left', colour: 'green', box: box(0, 0, 80, 16) },
    { what: 'text', text: '到5号窗口', size: 1, align: 'right', colour: 'red', box: box(0, 16, 80, 16) },
    { what: 'text', text: '05', size: 2, align: 'centre', colour: 'yellow', box: box(80, 0, 48, 32) },
  ],
};
const ticketOf = (...parts: Picture['parts']): Picture => ({ form: 'ticket', width: 32, lit: true, parts });
const plain = (picture: Picture) => pictureText(picture, { colours: false });

function box(x: number, y: number, width: number, height: number) {
  return { x, y, width, height };
}

describe('a board in a terminal', () => {
  test('has its texts where they are on the panel, in a frame of even width', async () => {
    expect((await plain(board)).split('\n')).toEqual([
      '┏━━━━━━━━━━━━━━━━━━┓',
      '┃ 请A0012号  0 5   ┃',
      '┃  到5号窗口       ┃',
      '┗━━━━━━━━━━━━━━━━━━┛',
    ]);
  });

  test('shows the colour of its lamps, and none of the text when it is dark', async () => {
    const lit = await pictureText(board, { colours: true });
    expect(lit).toContain('\u001b[40;1;32m请A0012号');
    expect(lit).toContain('\u001b[40;1;31m到5号窗口');
    const dark = await pictureText({ ...board, lit: false }, { colours: true });
    expect(dark).not.toMatch(/号|05/);
    expect(dark).toContain('○');
  });

  test('cuts off what does not fit its box, never the frame', async () => {
    const long = {
      what: 'text',
      text: '很长很长的一行通知'.repeat(9),
      size: 1,
      align: 'left',
      box: box(0, 0, 128, 32),
    };
    const lines = (await plain({ ...board, parts: [long as Picture['parts'][number]] })).split('\n');
    expect(lines).toHaveLength(4);
    expect(new Set(lines.map((line) => stringWidth(line)))).toEqual(new Set([20]));
  });
});

describe('a ticket in a terminal', () => {
  test('spaces double-size text out and gives it two rows', async () => {
    const text = await plain(ticketOf({ what: 'text', text: 'A12号', size: 2, align: 'centre' }));
    expect(text.split('\n').map((line) => line.trimEnd())).toEqual([`${' '.repeat(12)}A 1 2 号`, '']);
  });

  test('wraps a long line at the paper’s edge, every row of one width', async () => {
    const text = '业务：社会保险费申报、养老保险关系转移接续、医疗费用报销';
    const lines = (await plain(ticketOf({ what: 'text', text, size: 1, align: 'left' }))).split('\n');
    expect(lines.map((line) => line.trim()).join('')).toBe(text);
    expect(new Set(lines.map((line) => stringWidth(line)))).toEqual(new Set([34]));
  });

  test('has a code that a phone can read off the screen', async () => {
    const text = await plain(ticketOf({ what: 'qr', payload: '票号A0012', align: 'centre' }));
    expect(readHalfBlocks(text)).toBe('票号A0012');
  });
});

describe('a printed raster', () => {
  test('is shown with one dot for each of its modules', () => {
    const modules = [
      [true, false, true],
      [false, true, true],
      [true, true, false],
    ];
    const printed = modules.flatMap((row) =>
      Array.from({ length: 4 }, () => row.flatMap((dot) => [dot, dot, dot, dot])),
    );
    expect(reduced(printed, 32)).toEqual(modules);
  });

  test('is made coarser when it is wider than the paper', () => {
    const noisy = Array.from({ length: 100 }, (_, y) =>
      Array.from({ length: 100 }, (__, x) => (x * 7 + y * 3) % 5 < 2),
    );
    expect(reduced(noisy, 32)[0]).toHaveLength(25);
  });
});

/** Each half block as a square of pixels, read as a phone reads them. */
function readHalfBlocks(text: string): string | undefined {
  const scale = 4;
  const rows = text
    .split('\n')
    .flatMap((line) => [
      Array.from(line, (block) => '█▀'.includes(block)),
      Array.from(line, (block) => '█▄'.includes(block)),
    ]);
  const width = (rows[0]?.length ?? 0) * scale;
  const pixels = new Uint8ClampedArray(width * rows.length * scale * 4).fill(255);
  for (let y = 0; y < rows.length * scale; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (rows[Math.floor(y / scale)]?.[Math.floor(x / scale)])
        pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return jsQR.default(pixels, width, rows.length * scale)?.data;
}
