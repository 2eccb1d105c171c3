/**
 * Citizens' identity numbers (公民身份号码, GB 11643) and names as a card reader tells them, and what may leave the kiosk of them.
 */
import { createHmac } from 'node:crypto';
import type { Secret } from '../../gateway/kernel/secret.ts';

const ID_NUMBER = /^\d{17}[\dX]$/;
const NAME_CHARACTERS_MAX = 31;

/** Does it look like a number: 17 digits and a digit or X? Whether the last character fits is another question. */
export function isIdNumber(text: string): boolean {
  return ID_NUMBER.test(text);
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
