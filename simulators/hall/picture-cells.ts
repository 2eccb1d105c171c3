/**
 * A sheet of terminal cells: text is put at a place in a style, a Chinese character takes two cells, and rows come out as
 * lines with or without colour codes.
 */
import stringWidth from 'string-width';

const RESET = '\u001b[0m';

interface Cell {
  /** Empty: the second half of a wide character. */
  text: string;
  style: string;
}

export interface Sheet {
  readonly columns: number;
  /** Puts text, each character `size` times as wide as it is; what does not fit is cut off. */
  put(row: number, column: number, text: string, options?: { style?: string; size?: number }): void;
  lines(colours: boolean): string[];
}

/** `style` is an SGR parameter list (`1;31`) under everything on the sheet. */
export function sheet(columns: number, rows: number, style: string): Sheet {
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, (): Cell => ({ text: ' ', style })));
  return {
    columns,
    put(row, column, text, { style: own, size = 1 } = {}) {
      const line = cells[row];
      if (!line) return;
      let at = Math.max(0, column);
      for (const character of text) {
        const width = stringWidth(character);
        if (width === 0) continue;
        if (at + width > columns) return;
        for (let index = 0; index < width; index += 1) {
          line[at + index] = { text: index === 0 ? character : '', style: own ? `${style};${own}` : style };
        }
        at += width * size;
      }
    },
    lines: (colours) => cells.map((line) => (colours ? coloured(line) : line.map(({ text }) => text).join(''))),
  };
}

/** One code for each stretch of one style. */
function coloured(line: readonly Cell[]): string {
  let text = '';
  let current = '';
  for (const cell of line) {
    if (cell.style !== current) text += `${RESET}\u001b[${cell.style}m`;
    current = cell.style;
    text += cell.text;
  }
  return `${text}${RESET}`;
}

/** Text broken into lines of at most `columns`, at its own line breaks and wherever it does not fit. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const character of paragraph) {
      if (line !== '' && stringWidth(line + character) > columns) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
    lines.push(line);
  }
  return lines;
}

/** Column at which something of this width begins. */
export function aligned(align: 'left' | 'centre' | 'right', width: number, columns: number): number {
  if (align === 'left') return 0;
  const free = Math.max(0, columns - width);
  return align === 'right' ? free : Math.floor(free / 2);
}
