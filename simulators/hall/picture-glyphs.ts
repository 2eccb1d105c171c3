/**
 * Text as dots, in the way in which boards and ticket printers have their characters: from a bitmap font 16 dots high
 * (UnifontEX; Latin 8 dots wide, Chinese 16). Canvas and font are loaded when the first picture is drawn.
 */
import { fileURLToPath } from 'node:url';
import type * as canvasModule from '@napi-rs/canvas';
import type { Dots } from './picture-dots.ts';

export type CanvasModule = typeof canvasModule;

const FONT_FILE = '@fontsource/unifontex/files/unifontex-latin-400-normal.woff2';
const FAMILY = 'Hall Board';
/** Where the baseline lies in a character 16 dots high. */
const BASELINE = 14 / 16;
/** Opacity from which a dot is on: strokes of a font that is scaled by a half stay whole. */
const LIT = 64;
const BLACK = '#000';

/** The canvas, with the font in it. */
export async function loadCanvas(): Promise<CanvasModule> {
  const canvas = await import('@napi-rs/canvas');
  if (!canvas.GlobalFonts.has(FAMILY)) {
    canvas.GlobalFonts.registerFromPath(fileURLToPath(import.meta.resolve(FONT_FILE)), FAMILY);
  }
  return canvas;
}

/** One line of text, `height` dots high; an empty text has no columns. */
export function textDots({ createCanvas }: CanvasModule, text: string, height: number): Dots {
  const font = `${height}px "${FAMILY}"`;
  const measuring = createCanvas(1, 1).getContext('2d');
  measuring.font = font;
  const width = Math.round(measuring.measureText(text).width);
  if (width === 0) return Array.from({ length: height }, () => []);
  const context = createCanvas(width, height).getContext('2d');
  context.font = font;
  context.fillStyle = BLACK;
  context.fillText(text, 0, Math.round(height * BASELINE));
  const { data } = context.getImageData(0, 0, width, height);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => (data[(y * width + x) * 4 + 3] ?? 0) >= LIT),
  );
}
