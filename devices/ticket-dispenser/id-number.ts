/**
 * Citizens' identity numbers (公民身份号码, GB 11643): six digits of area, eight of birth, three of sequence and a check
 * character. What leaves the kiosk is masked or a keyed hash, never the number.
 */
import { createHmac } from 'node:crypto';
import type { Secret } from '../../gateway/kernel/secret.ts';

const ID_NUMBER = /^\d{17}[\dX]$/;
/** ISO 7064 MOD 11-2, as GB 11643 uses it. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_CHARACTERS = '10X98765432';
const SHOWN_IN_FRONT = 6;
const SHOWN_BEHIND = 4;
const NAME_CHARACTERS_MAX = 31;

/** Does it look like a number: 17 digits and a digit or X? Whether the last character fits, `checkDigitFits` tells. */
export function isIdNumber(text: string): boolean {
  return ID_NUMBER.test(text);
}

/** True when the check character is the one that the 17 digits ask for. */
export function checkDigitFits(idNumber: string): boolean {
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(idNumber[place]), 0);
  return idNumber.at(-1) === CHECK_CHARACTERS[sum % CHECK_CHARACTERS.length];
}

/** `110101********1234`. */
export function maskIdNumber(idNumber: string): string {
  const hidden = '*'.repeat(idNumber.length - SHOWN_IN_FRONT - SHOWN_BEHIND);
  return idNumber.slice(0, SHOWN_IN_FRONT) + hidden + idNumber.slice(-SHOWN_BEHIND);
}

/**
 * HMAC-SHA-256 in hexadecimal digits: tells people apart without knowing them. There are so few possible numbers that a
 * hash without a secret would be undone by trying them all (RFC 2104 for the construction).
 */
export function hashIdNumber(idNumber: string, secret: Secret): string {
  return createHmac('sha256', secret.reveal()).update(idNumber, 'utf8').digest('hex');
}

/** `张*`, `欧**`; undefined for a name of one character, of which nothing would be hidden. */
export function maskName(name: string): string | undefined {
  const [first, ...others] = Array.from(name).slice(0, NAME_CHARACTERS_MAX);
  if (first === undefined || first === '*' || others.length === 0) return undefined;
  return first + '*'.repeat(others.length);
}
