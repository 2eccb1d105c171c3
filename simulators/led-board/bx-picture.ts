/**
 * What a BX card makes of the bytes of a dynamic area (manual, sections 9.1 and 11): position, text in pieces of one colour and font,
 * and how it comes. A card is strict: what it cannot read it refuses.
 */
import iconv from 'iconv-lite';

const COLOURS = ['', 'red', 'green', 'yellow', 'blue', 'cyan', 'magenta', 'white'] as const;
const EFFECTS = ['', 'static', 'quick', 'left', 'right', 'up', 'down'] as const;
const HORIZONTAL = ['left', 'right', 'centre'] as const;
const VERTICAL = ['top', 'bottom', 'centre'] as const;
const HEAD = 27;

/** A stretch of text in one colour. */
export interface Run {
  text: string;
  colour: string;
  /** Dots of a character's height. */
  dots: 16 | 24 | 32;
}

/** One area as a person sees it. */
export interface AreaPicture {
  number: number;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Without controls; lines joined by `\n`. */
  text: string;
  runs: readonly Run[];
  /** Colour of the first run. */
  colour: string;
  effect: string;
  /** 0 fastest to 24. */
  speed: number;
  align: string;
  verticalAlign: string;
  singleLine: boolean;
  /** The card deletes the area by itself when it was not written for so long. */
  deleteAfterSeconds: number | undefined;
}

/** Reads an area; the number of an error of the manual's section 6 when the card refuses it. */
export function pictureOf(bytes: Buffer, fonts: readonly string[]): AreaPicture | number {
  const effect = EFFECTS[bytes[19] ?? 0] ?? '';
  if (!isSound(bytes) || effect === '') return 10;
  const runs = runsOf(bytes.subarray(HEAD), fonts);
  if (typeof runs === 'number') return runs;
  const align = bytes.readUInt8(16);
  return {
    number: bytes.readUInt8(9),
    x: pixels(bytes.readUInt16LE(1)),
    y: bytes.readUInt16LE(3),
    width: pixels(bytes.readUInt16LE(5)),
    height: bytes.readUInt16LE(7),
    text: runs.map(({ text }) => text).join(''),
    runs,
    colour: runs[0]?.colour ?? '',
    effect,
    speed: bytes.readUInt8(21),
    align: HORIZONTAL[align & 3] ?? 'left',
    verticalAlign: VERTICAL[(align >> 2) & 3] ?? 'top',
    singleLine: bytes[17] === 1,
    deleteAfterSeconds: bytes[11] === 2 ? bytes.readUInt16LE(12) : undefined,
  };
}

/** Whole, of the only type there is, without sound and extension. */
function isSound(bytes: Buffer): boolean {
  if (bytes.length < HEAD || bytes.readUInt32LE(23) !== bytes.length - HEAD) return false;
  return bytes[0] === 0 && bytes[14] === 0 && bytes[15] === 0;
}

function pixels(value: number): number {
  return value & 0x8000 ? value & 0x7fff : value * 8;
}

/** Font missing is error 12; a control that is none is a mistake of type. */
function runsOf(content: Buffer, fonts: readonly string[]): Run[] | number {
  const runs: Run[] = [];
  const pen = { colour: 'red', dots: 16 as Run['dots'] };
  for (const piece of pieces(content)) {
    const refusal = piece[0] === 0x5c ? obey(piece.toString('latin1'), pen, runs, fonts) : 0;
    if (refusal !== 0) return refusal;
    if (piece[0] !== 0x5c) add(runs, { text: iconv.decode(piece, 'gbk'), ...pen });
  }
  return runs;
}

function obey(control: string, pen: Omit<Run, 'text'>, runs: Run[], fonts: readonly string[]): number {
  const value = control.slice(2);
  switch (control[1]) {
    case 'F':
      pen.dots = dotsOf(value);
      return fonts.includes(value) ? 0 : 12;
    case 'C':
      pen.colour = COLOURS[Number(value)] ?? '';
      return pen.colour === '' ? 10 : 0;
    case 'n':
      add(runs, { text: '\n', ...pen });
      return 0;
    default:
      return 10;
  }
}

function dotsOf(font: string): Run['dots'] {
  return font.endsWith('1') ? 24 : font.endsWith('2') ? 32 : 16;
}

function add(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (last?.colour === run.colour && last.dots === run.dots) last.text += run.text;
  else runs.push({ ...run });
}

/** Cuts the content into controls and characters; a byte from 81h on takes the next one with it. */
function* pieces(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length;) {
    const length = pieceLength(content, at);
    yield content.subarray(at, at + length);
    at += length;
  }
}

function pieceLength(content: Buffer, at: number): number {
  if ((content[at] ?? 0) > 0x80) return 2;
  if (content[at] !== 0x5c) return 1;
  return { F: 6, C: 3 }[String.fromCharCode(content[at + 1] ?? 0)] ?? 2;
}
