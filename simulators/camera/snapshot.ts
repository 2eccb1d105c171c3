/**
 * A snapshot: a valid baseline JPEG (ITU-T T.81) in which every block of 8 x 8 pixels has one grey, so that a few Huffman codes
 * are enough. Letters are drawn with whole blocks.
 */
import { bitWriter, type BitWriter } from './bit-writer.ts';
import { glyph, GLYPH_HEIGHT, GLYPH_WIDTH } from './glyphs.ts';

const QUANTISER = 8;
const TEXT_GREY = 235;
/** Lengths and symbols of Huffman table K.3: the size of a difference, 0 to 11 bits. */
const DC_LENGTHS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_SIZES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/** One code of one bit: the end of the block. */
const AC_LENGTHS = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const AC_SYMBOLS = [0];

/** A picture that shows some lines of text: Latin letters, digits, `:` and `-`; other characters appear as a question mark. */
export function snapshotJpeg(width: number, height: number, lines: readonly string[]): Buffer {
  const across = Math.ceil(width / 8);
  const down = Math.ceil(height / 8);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...Array<number>(64).fill(QUANTISER)]),
    segment(0xc0, [8, ...word(height), ...word(width), 1, 1, 0x11, 0]),
    segment(0xc4, [0x00, ...DC_LENGTHS, ...DC_SIZES]),
    segment(0xc4, [0x10, ...AC_LENGTHS, ...AC_SYMBOLS]),
    segment(0xda, [1, 1, 0x00, 0, 63, 0]),
    scan(greys(across, down, lines)),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function segment(marker: number, content: readonly number[]): Buffer {
  return Buffer.from([0xff, marker, ...word(content.length + 2), ...content]);
}

function word(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}

/** The grey of every block, row by row: darker towards the floor, with the text on it. */
function greys(across: number, down: number, lines: readonly string[]): Uint8Array {
  const picture = new Uint8Array(across * down);
  for (let row = 0; row < down; row += 1)
    picture.fill(140 - Math.floor((80 * row) / down), row * across, (row + 1) * across);
  lines.forEach((line, index) => {
    const top = 2 + index * (GLYPH_HEIGHT + 2);
    Array.from(line).forEach((character, place) => {
      draw(picture, across, glyph(character), { left: 2 + place * (GLYPH_WIDTH + 1), top });
    });
  });
  return picture;
}

function draw(picture: Uint8Array, across: number, rows: readonly number[], at: { left: number; top: number }): void {
  if (at.left + GLYPH_WIDTH > across) return;
  rows.forEach((row, y) => {
    for (let x = 0; x < GLYPH_WIDTH; x += 1) {
      const isInk = (row >> (GLYPH_WIDTH - 1 - x)) & 1;
      // A typed array ignores what would fall below the picture.
      if (isInk) picture[(at.top + y) * across + at.left + x] = TEXT_GREY;
    }
  });
}

/** Section F.1.2: each block as the difference of its grey to that of the one before. */
function scan(blocks: Uint8Array): Buffer {
  const codes = huffmanCodes(DC_LENGTHS);
  const bits = bitWriter();
  let previous = 128;
  for (const grey of blocks) {
    difference(bits, codes, grey - previous);
    bits.bits(0, 1);
    previous = grey;
  }
  return stuffed(bits.finish(1));
}

function difference(bits: BitWriter, codes: readonly Code[], value: number): void {
  const size = 32 - Math.clz32(Math.abs(value));
  const { code, length } = codes[size] ?? { code: 0, length: 0 };
  bits.bits(code, length);
  bits.bits(value < 0 ? value - 1 : value, size);
}

interface Code {
  code: number;
  length: number;
}

/** Section C.2: codes in the order of their lengths. */
function huffmanCodes(lengths: readonly number[]): Code[] {
  let code = 0;
  return lengths.flatMap((count, index) => {
    const codes = Array.from({ length: count }, (): Code => ({ code: code++, length: index + 1 }));
    code <<= 1;
    return codes;
  });
}

/** A zero after every FF, so that it is not taken for a marker. Section B.1.1.5. */
function stuffed(bytes: Buffer): Buffer {
  return Buffer.from([...bytes].flatMap((byte) => (byte === 0xff ? [byte, 0] : [byte])));
}
