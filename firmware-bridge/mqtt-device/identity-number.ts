/**
 * Finds a full ID-card number (公民身份号码, GB 11643) in a message that must not hold one, however it is written: in groups, in
 * full-width digits, as a number. Only what is one beyond reasonable doubt: a message that is refused is a record less.
 */
import { birthIn, checkDigitFits, eighteensIn } from '../../gateway/kernel/identity-number.ts';
import type { Json } from '../../gateway/kernel/json.ts';

/** HMAC-SHA-256 as `idNumberHash` carries it: chance puts eighteen digits into one of a million. */
const HASH = /^[0-9a-f]{64}$/;
const DAY_MS = 86_400_000;
/** The number of a visit may be made of area, day and sequence: its day is now, and nobody carries a card so young. */
const YOUNGEST_MS = 30 * DAY_MS;

/** @param nowMs by it a number is told from one that a day of these weeks stands in; left away, all of them count. */
export function holdsIdentityNumber(value: Json, nowMs = Number.POSITIVE_INFINITY): boolean {
  return holds(value, nowMs - YOUNGEST_MS);
}

function holds(value: Json, bornBeforeMs: number): boolean {
  if (typeof value === 'string') return inText(value, bornBeforeMs);
  if (typeof value === 'number') return inNumber(value, bornBeforeMs);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => inText(key, bornBeforeMs) || holds(inner, bornBeforeMs));
}

function inText(text: string, bornBeforeMs: number): boolean {
  if (HASH.test(text)) return false;
  return eighteensIn(text).some(({ characters, birthMs }) => checkDigitFits(characters) && birthMs <= bornBeforeMs);
}

/** A number of eighteen digits has lost the last of them on its way through JSON, the check digit too (IEEE 754). */
function inNumber(value: number, bornBeforeMs: number): boolean {
  const birthMs = birthIn(String(value));
  return birthMs !== undefined && birthMs <= bornBeforeMs;
}
