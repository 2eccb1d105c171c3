/**
 * Finds a full ID-card number (公民身份号码, GB 11643: six digits of a place, eight of a birthday, three of an order, a check
 * digit or X) in a message that must not hold one, however it is written: as a number, with blanks, in full-width digits.
 */
import type { Json } from '../../gateway/kernel/json.ts';

const FULL_NUMBER = /(?<!\d)\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?!\d)/i;
/** HMAC-SHA-256 as `idNumberHash` carries it: chance puts eighteen digits into one of a million. */
const HASH = /^[0-9a-f]{64}$/;
const BLANKS = /\s/g;
/** A text that is nothing but a number in groups; in a longer one, hyphens join what is not one number (a UUID). */
const GROUPED_NUMBER = /^[\d\s._·-]+X?$/i;
const SEPARATORS = /[\s._·-]/g;

export function holdsIdentityNumber(value: Json): boolean {
  if (typeof value === 'string') return inText(value);
  if (typeof value === 'number') return inText(String(value));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => inText(key) || holdsIdentityNumber(inner));
}

function inText(text: string): boolean {
  if (HASH.test(text)) return false;
  const plain = text.normalize('NFKC');
  const joined = plain.replace(GROUPED_NUMBER.test(plain) ? SEPARATORS : BLANKS, '');
  return FULL_NUMBER.test(plain) || FULL_NUMBER.test(joined);
}
