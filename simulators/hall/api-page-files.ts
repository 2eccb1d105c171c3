/**
 * Script and style of the page, from the folder `page/`: only the files that are named here.
 */
import { readFile } from 'node:fs/promises';

const FILES: readonly string[] = [
  ...['base.css', 'cards.css'],
  ...['hall.js', 'language.js', 'filter.js', 'hands.js', 'news.js', 'pictures.js', 'masonry.js'],
];

/** @returns undefined when the page has no such file. */
export async function pageFile(name: string): Promise<{ type: string; body: Buffer } | undefined> {
  if (!FILES.includes(name)) return undefined;
  const type = name.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
  return { type, body: await readFile(new URL(`page/${name}`, import.meta.url)) };
}
