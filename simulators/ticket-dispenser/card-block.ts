/**
 * The simulator's own writing of a card's memory: 256 bytes of text and a photo that is no picture.
 */
import type { Random } from '../kit/random.ts';
import type { Person } from './people.ts';

const TEXT_BYTES = 256;
const PHOTO_BYTES = 1_024;
const MARK_CHARACTER = 124;
/** Field widths in characters, in the order in which they stand. */
const WIDTHS = [15, 1, 2, 8, 35, 18, 15, 8, 8] as const;

/** The text block. Of other kinds of cards only the mark is where it belongs; the rest stands in for fields unknown. */
export function textBlock(person: Person): Buffer {
  const { name, sex, nation, birth, address, idNumber, issuer, validFrom, validUntil, cardMark = ' ' } = person;
  const fields = [name, sex === '男' ? '1' : '2', nation, birth, address, idNumber, issuer, validFrom, validUntil];
  const padded = fields.map((field, index) => field.padEnd(WIDTHS[index] ?? 0, ' ')).join('');
  const text = padded.padEnd(MARK_CHARACTER, ' ') + cardMark;
  return Buffer.from(text.padEnd(TEXT_BYTES / 2, ' '), 'utf16le');
}

/** Random bytes with a preamble in the middle, which a reader of frames must not fall for. */
export function photoBlock(random: Random): Buffer {
  const photo = Buffer.from(random.bytes(PHOTO_BYTES));
  photo.write('aaaaaa96690004000080', PHOTO_BYTES / 2, 'hex');
  return photo;
}
