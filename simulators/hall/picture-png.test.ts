/** Boards and tickets as images: lamps in the right colour at the right place, glyphs of Chinese text, a code for a phone. */
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { loadCanvas, textDots } from './picture-glyphs.ts';
import { picturePng } from './picture-png.ts';
import type { Picture } from './picture.ts';

const draw = async (picture: Picture) => PNG.sync.read(await picturePng(picture));
const boardOf = (text: string, lit = true): Picture => ({
  ...{ form: 'board', width: 64, height: 32, lit },
  parts: [
    { what: 'text', text, size: 1, align: 'left', colour: 'green', box: { x: 0, y: 0, width: 64, height: 16 } },
    { what: 'text', text, size: 1, align: 'left', colour: 'red', box: { x: 0, y: 16, width: 64, height: 16 } },
  ],
});

/** Bright pixels of the upper and of the lower half, by their strongest colour. */
function brightPixels({ width, height, data }: PNG) {
  const counts = { upper: { red: 0, green: 0 }, lower: { red: 0, green: 0 } };
  for (let place = 0; place < width * height; place += 1) {
    const [red = 0, green = 0] = data.subarray(place * 4, place * 4 + 2);
    const half = counts[place < (width * height) / 2 ? 'upper' : 'lower'];
    if (green > 180 && green > red) half.green += 1;
    if (red > 180 && red > green) half.red += 1;
  }
  return counts;
}

describe('a board as an image', () => {
  test('lights the lamps of each text in its colour and box', async () => {
    const { upper, lower } = brightPixels(await draw(boardOf('政务')));
    expect(upper.green).toBeGreaterThan(1_000);
    expect(lower.red).toBeGreaterThan(1_000);
    expect(upper.red + lower.green).toBe(0);
  });

  test('is dark when it has no power', async () => {
    const { upper, lower } = brightPixels(await draw(boardOf('政务', false)));
    expect(upper.green + lower.red).toBe(0);
  });

  test('keeps its lamps visible however wide it is', async () => {
    const { width } = await draw({ form: 'board', width: 512, height: 16, lit: true, parts: [] });
    expect(width).toBeGreaterThan(512 * 3);
  });
});

describe('the glyphs', () => {
  test('tell Chinese characters apart, dot by dot, 16 dots wide and as high as asked', async () => {
    const canvas = await loadCanvas();
    const glyphs = Array.from('政务大厅社保户籍不动产税号窗口请到暂停服务', (text) => textDots(canvas, text, 16));
    expect(new Set(glyphs.map((dots) => JSON.stringify(dots))).size).toBe(glyphs.length - 1);
    expect(glyphs.every((dots) => dots.length === 16 && dots[0]?.length === 16)).toBe(true);
    expect(textDots(canvas, 'A01', 32)[0]).toHaveLength(48);
    expect(textDots(canvas, '', 16)).toEqual(Array.from({ length: 16 }, () => []));
  });
});

describe('a ticket as an image', () => {
  const payload = 'https://hall.example/t?n=A0012&k=社保';

  test('has a code that a phone can read', async () => {
    const png = await draw({
      ...{ form: 'ticket', width: 32, lit: true },
      parts: [
        { what: 'text', text: 'A0012', size: 2, align: 'centre' },
        { what: 'qr', payload, align: 'centre' },
        { what: 'cut' },
      ],
    });
    expect(read(png)).toBe(payload);
  });

  test('has a code that a phone can read when the printer got it as a raster of dots', async () => {
    const { qrDots } = await import('./picture-dots.ts');
    const block = 3;
    const rows = (await qrDots(payload)).flatMap((row) => {
      const line = row.map((dark) => (dark ? '1' : '0').repeat(block)).join('');
      return Array.from({ length: block }, () => line);
    });
    expect(
      read(await draw({ form: 'ticket', width: 32, lit: true, parts: [{ what: 'dots', rows, align: 'left' }] })),
    ).toBe(payload);
  });

  test('is one sheet for each cut, and one in the printer’s mouth for what is not cut yet', async () => {
    const text = { what: 'text', text: '一', size: 1, align: 'left' } as const;
    const heightOf = async (...parts: Picture['parts']) =>
      (await draw({ form: 'ticket', width: 32, lit: true, parts })).height;
    const one = await heightOf(text, { what: 'cut' });
    expect(await heightOf(text)).toBe(one);
    expect(await heightOf(text, { what: 'cut' }, text)).toBeGreaterThan(1.6 * one);
  });
});

function read({ data, width, height }: PNG): string | undefined {
  return jsQR.default(new Uint8ClampedArray(data), width, height)?.data;
}
