/**
 * Citizens' identity numbers (公民身份号码) in texts: where one stands, however it is written, and how it is masked.
 *
 *   6 area          begins with a province (GB/T 2260), or with 9 (foreigners with permanent residence)
 *   8 birth         YYYYMMDD, a day of the calendar
 *   3 sequence
 *   1 check         digit or X (ISO 7064 MOD 11-2)
 *
 * Source: GB 11643. What only looks like one (the number of a visit, made of area, day and sequence) has another check
 * character in ten cases of eleven, and a birth that is too near to be one.
 */

const LENGTH = 18;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_CHARACTERS = '10X98765432';
const AREA = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)/;
const SHOWN_IN_FRONT = 6;
const SHOWN_BEHIND = 4;
const OLDEST_BIRTH_YEAR = 1850;
const NEWEST_BIRTH_YEAR = 2099;
/** Between two groups of digits: blanks, dashes, dots. More of them in a row part two numbers. */
const SEPARATOR = /^[\s._·\p{Pd}]$/u;
const SEPARATORS_MAX = 3;

/** True when the check character is the one that the 17 digits ask for. */
export function checkDigitFits(idNumber: string): boolean {
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(idNumber[place]), 0);
  return idNumber.at(-1) === CHECK_CHARACTERS[sum % CHECK_CHARACTERS.length];
}

/**
 * Midnight (UTC) of the birth in eighteen characters; undefined when they cannot be an identity number, whatever the check
 * character. It is not looked at.
 */
export function birthIn(characters: string): number | undefined {
  if (!/^\d{17}[\dX]$/.test(characters) || !AREA.test(characters)) return undefined;
  const year = Number(characters.slice(6, 10));
  const month = Number(characters.slice(10, 12));
  const day = Number(characters.slice(12, 14));
  const date = new Date(Date.UTC(year, month - 1, day));
  const isDay = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDay && year >= OLDEST_BIRTH_YEAR && year <= NEWEST_BIRTH_YEAR ? date.getTime() : undefined;
}

export interface FoundNumber {
  /** In plain digits, with a capital X. */
  characters: string;
  /** Midnight (UTC) of the birth. */
  birthMs: number;
  /** From where to where it stands in the text, as `slice` takes it. */
  start: number;
  end: number;
  /** Not parted into groups. */
  solid: boolean;
}

/**
 * Eighteen characters that stand for themselves, with an area and a birth; full-width and other forms of digits count, and so
 * do groups with blanks, dashes or dots between them. Whether the check character fits is not looked at.
 */
export function eighteensIn(text: string): FoundNumber[] {
  const found: FoundNumber[] = [];
  if (text.length < LENGTH) return found;
  let run: Digit[] = [];
  let at = 0;
  let gap = 0;
  for (const character of text) {
    const start = at;
    at += character.length;
    const value = digitOf(character);
    if (value === undefined) {
      gap += 1;
      if (parts(character, gap)) run = [];
      continue;
    }
    if (run.length === LENGTH) run.shift();
    run.push({ value, start, end: at, opens: gap > 0 || run.length === 0 });
    gap = 0;
    if (isDigitAt(text, at)) {
      if (value === 'X') run = [];
      continue;
    }
    const eighteen = eighteenOf(run);
    if (eighteen) found.push(eighteen);
    if (eighteen || value === 'X') run = [];
  }
  return found;
}

/** The text with every identity number as `110101********1234`. One with a slip in it is still nearly somebody's: it is masked too. */
export function maskIdentityNumbers(text: string): string {
  let masked = '';
  let done = 0;
  for (const { characters, start, end, solid } of eighteensIn(text)) {
    if (!solid && !checkDigitFits(characters)) continue;
    masked += text.slice(done, start) + maskIdentityNumber(characters);
    done = end;
  }
  return masked + text.slice(done);
}

/** `110101********1234`. */
export function maskIdentityNumber(characters: string): string {
  const hidden = '*'.repeat(LENGTH - SHOWN_IN_FRONT - SHOWN_BEHIND);
  return characters.slice(0, SHOWN_IN_FRONT) + hidden + characters.slice(-SHOWN_BEHIND);
}

interface Digit {
  value: string;
  start: number;
  end: number;
  /** No digit stands directly before it. */
  opens: boolean;
}

/** What the newest eighteen digits are, if they stand for themselves. */
function eighteenOf(run: readonly Digit[]): FoundNumber | undefined {
  const [first] = run;
  const last = run.at(-1);
  if (run.length < LENGTH || !first?.opens || !last) return undefined;
  const characters = run.map(({ value }) => value).join('');
  const birthMs = birthIn(characters);
  if (birthMs === undefined) return undefined;
  const solid = run.every(({ opens }, place) => place === 0 || !opens);
  return { characters, birthMs, start: first.start, end: last.end, solid };
}

/** Does the character, the `gap`th in a row that is no digit, part two numbers? */
function parts(character: string, gap: number): boolean {
  return gap > SEPARATORS_MAX || !SEPARATOR.test(character);
}

function digitOf(character: string): string | undefined {
  const plain = character <= '\u007f' ? character : character.normalize('NFKC');
  if (plain.length === 1 && plain >= '0' && plain <= '9') return plain;
  return plain === 'X' || plain === 'x' ? 'X' : undefined;
}

function isDigitAt(text: string, at: number): boolean {
  const code = text.codePointAt(at) ?? 0;
  if (code <= 0x7f) return code >= 0x30 && code <= 0x39;
  const value = digitOf(String.fromCodePoint(code));
  return value !== undefined && value !== 'X';
}
