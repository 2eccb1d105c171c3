/**
 * Tickets as they come out of a kiosk's printer: what is on them, and whether the gateway must know.
 */
import type { PaperLine, Ticket } from '../../ticket-dispenser/printer-paper.ts';
import { dotsOf } from '../../ticket-dispenser/printer-picture.ts';
import type { Picture, PicturePart } from '../picture.ts';

/** Characters of normal width on paper of 80 mm. */
const PAPER_CHARACTERS = 48;
const TICKET_NUMBER = /^[A-Z]{0,4}\d{1,8}$/i;
const COPY_MARK = /补打（第 (\d+) 张）/;

type TextLine = Extract<PaperLine, { kind: 'text' }>;

/** The number stands in the largest letters; undefined where a template does not print it by itself. */
export function numberOn({ lines }: Ticket): string | undefined {
  const texts = lines.filter((line): line is TextLine => line.kind === 'text');
  const numbers = texts.filter(({ text }) => TICKET_NUMBER.test(text.trim()));
  const [largest] = numbers.sort((a, b) => b.width * b.height - a.width * a.height);
  return largest?.text.trim();
}

/** 1 for the original, 2 for the first copy. */
export function copyOf({ lines }: Ticket): number {
  const marks = lines.map((line) => (line.kind === 'text' ? COPY_MARK.exec(line.text)?.[1] : undefined));
  return Number(marks.find((mark) => mark !== undefined) ?? 1);
}

/** Text of the ticket, for whoever reads it without looking. */
export function textOn({ lines }: Ticket): string[] {
  return lines.flatMap((line) => (line.kind === 'text' ? [line.text] : []));
}

export function pictureOf({ lines, cut }: Ticket): Picture {
  const parts = lines.map(partOf);
  return {
    form: 'ticket',
    width: PAPER_CHARACTERS,
    lit: true,
    parts: cut === 'torn' ? parts : [...parts, { what: 'cut' }],
  };
}

function partOf(line: PaperLine): PicturePart {
  switch (line.kind) {
    case 'text': {
      const { text, width, height, bold, align } = line;
      return { what: 'text', text, size: Math.max(width, height), bold, align: sideOf(align) };
    }
    case 'blank':
      return { what: 'text', text: '', size: 1, align: 'left' };
    case 'qr':
      return { what: 'qr', payload: line.payload, align: sideOf(line.align) };
    case 'picture':
      return { what: 'dots', rows: rowsOf(line), align: sideOf(line.align) };
  }
}

function rowsOf(line: PaperLine): string[] {
  return (dotsOf(line) ?? []).map((row) => row.map((dot) => (dot ? '1' : '0')).join(''));
}

function sideOf(align: TextLine['align']): 'left' | 'centre' | 'right' {
  return align === 'left' || align === 'right' ? align : 'centre';
}
