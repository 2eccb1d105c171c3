/**
 * What the MAX7219 display of a hall board can show: a character a place, at most eight places, standing still in one colour.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Colour, Effect } from './kind.ts';

/** `matrix`: an 8x8 matrix a character; `digits`: seven segments, where a point takes no place of its own. */
export interface Places {
  display: 'matrix' | 'digits';
  characters: number;
}

/** What the firmware has shapes for (docs/firmware.md); lower case is shown as upper case. */
const SHAPES = {
  matrix: /^[0-9A-Za-z !#%()*+,\-./:<=>?_]$/,
  digits: /^[0-9A-JLN-UYZa-jln-uyz =_-]$/,
} as const;

/** Effects that only say how a text comes; it stands afterwards. */
const STANDING: readonly Effect[] = ['static', 'quick'];

/**
 * Proves that the text can be shown.
 *
 * @throws HallError `hall-board.not-showable` naming what cannot, for a text its first place.
 */
export function checkShowable(
  text: string,
  { display, characters }: Places,
  wanted?: { colour: Colour; effect: Effect },
  has?: { colour: Colour },
): void {
  if (wanted && wanted.colour !== has?.colour) throw notShowable(text, `the display is not ${wanted.colour}`);
  if (wanted && !STANDING.includes(wanted.effect)) throw notShowable(text, `a text cannot move ${wanted.effect}`);
  const shown = display === 'digits' ? text.replace(/(?<=[^.])\./g, '') : text;
  for (const [index, character] of Array.from(shown).entries()) {
    if (index >= characters) throw notShowable(text, `place ${index + 1}: the display has ${characters} places`);
    if (!SHAPES[display].test(character)) throw notShowable(text, `place ${index + 1}: "${character}" has no shape`);
  }
}

function notShowable(text: string, why: string): HallError {
  return new HallError('hall-board.not-showable', {
    message: `The display cannot show "${text}": ${why}.`,
    facts: { why },
  });
}
