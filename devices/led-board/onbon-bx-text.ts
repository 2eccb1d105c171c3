/**
 * A text as a BX card takes it (v1.4, section 11): GB2312 or GBK, with the card's own controls in front and between: `\F` and the name
 * of a font file, `\C` and a colour, `\n` for a new line. The manual knows no way to write a backslash itself.
 */
import iconv from 'iconv-lite';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Colour } from './kind.ts';

/** Which characters a card has, and how much it takes. */
export interface TextLimits {
  charset: 'gb2312' | 'gbk';
  /** Bytes of one text, its controls included. */
  bytesMax: number;
}

/** Bytes of an area in front of its text. */
export const AREA_HEAD = 27;

const COLOURS: Record<Colour, number> = { red: 1, green: 2, yellow: 3, blue: 4, cyan: 5, magenta: 6, white: 7 };
const NEWLINE = Buffer.from(String.raw`\n`);

/**
 * The bytes of a text.
 *
 * @throws HallError `board.text-unencodable` or `board.text-too-long`, with the place.
 */
export function encodeText(
  text: string,
  colour: Colour,
  area: { name: string; fonts: { chinese: string; latin: string } },
  { charset, bytesMax }: TextLimits,
): Uint8Array {
  const start = Buffer.from(String.raw`\F${area.fonts.chinese}\F${area.fonts.latin}\C${COLOURS[colour]}`, 'latin1');
  const characters = Array.from(text, (character, index) => {
    const bytes = encodeCharacter(character, charset);
    if (bytes === undefined) throw unencodable(character, index, area.name, charset);
    return bytes;
  });
  const content = Buffer.concat([start, ...characters]);
  if (content.length <= bytesMax) return content;
  throw tooLong(area.name, content.length, bytesMax, fitting(characters, bytesMax - start.length));
}

/** Undefined when the card cannot show it. */
function encodeCharacter(character: string, charset: TextLimits['charset']): Uint8Array | undefined {
  if (character === '\n') return NEWLINE;
  if (/^[ -~]$/.test(character)) return character === '\\' ? undefined : Buffer.from(character, 'latin1');
  const bytes = iconv.encode(character, 'gbk');
  const [first = 0, second] = bytes;
  if (second === undefined) return undefined;
  return charset === 'gbk' || isGb2312(first, second) ? bytes : undefined;
}

function isGb2312(first: number, second: number): boolean {
  return first >= 0xa1 && first <= 0xf7 && second >= 0xa1;
}

/** How many characters fit. */
function fitting(characters: readonly Uint8Array[], bytesMax: number): number {
  let bytes = 0;
  const firstOut = characters.findIndex((character) => (bytes += character.length) > bytesMax);
  return firstOut === -1 ? characters.length : firstOut;
}

function unencodable(character: string, index: number, area: string, charset: string): HallError {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const why = character === '\\' ? 'begins a control of the card' : `is not in ${charset.toUpperCase()}`;
  return new HallError('board.text-unencodable', {
    message: `Character ${index + 1} of the text for area "${area}" (U+${code}) ${why}.`,
    facts: { area, character: index + 1 },
  });
}

function tooLong(area: string, bytes: number, bytesMax: number, characters: number): HallError {
  return new HallError('board.text-too-long', {
    message: `The text for area "${area}" takes ${bytes} of ${bytesMax} bytes; it fits up to character ${characters}.`,
    facts: { area, bytes, bytesMax, character: characters },
  });
}
