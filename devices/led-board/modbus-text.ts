/**
 * A text as registers: two bytes each, in the board's character set.
 */
import iconv from 'iconv-lite';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { BoardMap } from './modbus-map.ts';

type TextMap = BoardMap['text'];

export interface EncodedText {
  /** For the registers from `start` on. */
  registers: number[];
  /** Bytes of the text itself. */
  bytes: number;
}

/** GB2312: rows 1 to 9 of signs and 16 to 87 of characters; beyond them GBK has more. */
const GB2312_ROWS = { signs: { first: 0xa1, last: 0xa9 }, characters: { first: 0xb0, last: 0xf7 }, cell: 0xa1 };

/**
 * The registers of a text.
 *
 * @throws HallError `board.text-unencodable` or `board.text-too-long`, with the place.
 */
export function encodeText(text: string, map: TextMap, { fill }: { fill: boolean }): EncodedText {
  const characters = Array.from(text, (character, index) => {
    const bytes = encodeCharacter(character, map.charset);
    if (bytes === undefined) throw unencodable(character, index, map);
    return bytes;
  });
  const terminator = Buffer.from(map.terminator, 'hex');
  const bytesMax = map.bytesMax - terminator.length;
  const content = Buffer.concat(characters);
  if (content.length > bytesMax) throw tooLong(content.length, bytesMax, fitting(characters, bytesMax));
  const whole = Buffer.concat([content, terminator]);
  const length = fill ? map.bytesMax : whole.length;
  const padded = Buffer.alloc(length + (length % 2), map.pad);
  whole.copy(padded);
  return { registers: wordsOf(padded, map.byteOrder), bytes: content.length };
}

function wordsOf(bytes: Buffer, byteOrder: TextMap['byteOrder']): number[] {
  return Array.from({ length: bytes.length / 2 }, (_, index) =>
    byteOrder === 'high-first' ? bytes.readUInt16BE(2 * index) : bytes.readUInt16LE(2 * index),
  );
}

/** Undefined when the board cannot show it. */
function encodeCharacter(character: string, charset: TextMap['charset']): Uint8Array | undefined {
  if (/^[ -~]$/.test(character)) return Buffer.from(character, 'latin1');
  if (charset === 'ascii') return undefined;
  const bytes = iconv.encode(character, 'gbk');
  const [first = 0, second] = bytes;
  if (second === undefined) return undefined;
  return charset === 'gbk' || isGb2312(first, second) ? bytes : undefined;
}

function isGb2312(first: number, second: number): boolean {
  const { signs, characters, cell } = GB2312_ROWS;
  const isIn = (rows: { first: number; last: number }) => first >= rows.first && first <= rows.last;
  return second >= cell && (isIn(signs) || isIn(characters));
}

/** How many characters fit. */
function fitting(characters: readonly Uint8Array[], bytesMax: number): number {
  let bytes = 0;
  const firstOut = characters.findIndex((character) => (bytes += character.length) > bytesMax);
  return firstOut === -1 ? characters.length : firstOut;
}

function unencodable(character: string, index: number, { charset }: TextMap): HallError {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return new HallError('board.text-unencodable', {
    message: `Character ${index + 1} of the text (U+${code}) is not in ${charset.toUpperCase()}.`,
    facts: { character: index + 1, charset },
  });
}

function tooLong(bytes: number, bytesMax: number, characters: number): HallError {
  return new HallError('board.text-too-long', {
    message: `The text takes ${bytes} of ${bytesMax} bytes; it fits up to character ${characters}.`,
    facts: { bytes, bytesMax, character: characters },
  });
}
