// A full ID-card number is found however it is written; what only looks like one is let through.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdsIdentityNumber } from './identity-number.ts';

const NUMBER = '11010119900307765X';

describe('a full ID-card number is found', () => {
  test.each([
    ['as a text', NUMBER],
    ['with a small x', NUMBER.toLowerCase()],
    ['as a JSON number', JSON.parse('110101199003077758') as number],
    ['with blanks', 'ID 110101 19900307 765X'],
    ['with hyphens', '110101-19900307-765X'],
    ['in full-width digits', '１１０１０１１９９００３０７７６５X'],
    ['within a sentence', `我的身份证号码是${NUMBER}。`],
    ['deep inside', { card: [{ raw: NUMBER }] }],
    ['as a key', { [NUMBER]: 1 }],
  ])('%s', (_how, value) => expect(holdsIdentityNumber(value)).toBe(true));
});

describe('what is none is let through', () => {
  test.each([
    ['a masked number', '110101********765X'],
    ['a hash', `${'a'.repeat(40)}110101199003077650${'b'.repeat(6)}`],
    ['a time in milliseconds', 1_780_300_000_000],
    ['a ticket', { ticketNumber: 'A023', issuedAt: '2026-06-01T09:12:33+08:00' }],
    ['eighteen digits without a birthday', '999999999999999999'],
    ['nothing', null],
  ])('%s', (_what, value) => expect(holdsIdentityNumber(value)).toBe(false));

  test('the identities that devices give to their messages', () => {
    fc.assert(fc.property(fc.uuid(), fc.ulid(), (uuid, ulid) => !holdsIdentityNumber({ id: uuid, other: ulid })));
  });
});
