/**
 * Text in columns of a terminal: a Chinese character takes two, a colour code none.
 */
import stringWidth from 'string-width';

const RESET = '\u001b[0m';
const ESCAPE = '\u001b';
const COLOUR_OR_CHARACTER = new RegExp(`${ESCAPE}\\[\\d+m|.`, 'gu');

/** Text padded to `width` columns, with one space at least. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(1, width - stringWidth(text)));
}

/** The line cut to the terminal's width. */
export function cut(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line;
  let width = 0;
  let end = 0;
  let colours = '';
  for (const [piece] of line.matchAll(COLOUR_OR_CHARACTER)) {
    if (piece.startsWith(ESCAPE)) colours = RESET;
    else if (width + stringWidth(piece) > columns - 1) break;
    else width += stringWidth(piece);
    end += piece.length;
  }
  return `${line.slice(0, end)}…${colours}`;
}
