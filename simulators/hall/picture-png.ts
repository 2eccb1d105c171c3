/**
 * A picture as PNG: a board as a panel of round lamps (`board-png.ts`), a ticket as paper (`ticket-png.ts`).
 */
import { boardPng } from './board-png.ts';
import { loadCanvas } from './picture-glyphs.ts';
import type { Picture } from './picture.ts';
import { ticketPng } from './ticket-png.ts';

export async function picturePng(picture: Picture): Promise<Buffer> {
  const canvas = await loadCanvas();
  return picture.form === 'board' ? boardPng(canvas, picture) : ticketPng(canvas, picture);
}
