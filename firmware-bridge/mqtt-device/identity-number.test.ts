// A full ID-card number is found however it is written; what only looks like one is let through.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withCheckCharacter } from '../../simulators/ticket-dispenser/people.ts';
import { holdsIdentityNumber } from './identity-number.ts';

const NUMBER = '11010519491231002X';
const NOW = Date.UTC(2026, 5, 1);

describe('a full ID-card number is found', () => {
  test.each([
    ['as a text', NUMBER],
    ['with a small x', NUMBER.toLowerCase()],
    ['as a JSON number', JSON.parse('110101199003077758') as number],
    ['with blanks', 'ID 110105 19491231 002X'],
    ['with hyphens', '110105-19491231-002X'],
    ['in full-width digits', '１１０１０５１９４９１２３１００２Ｘ'],
    ['within a sentence', `我的身份证号码是${NUMBER}。`],
    ['deep inside', { card: [{ raw: NUMBER }] }],
    ['as a key', { [NUMBER]: 1 }],
    ['of a child of ten weeks', withCheckCharacter('11010520260320002')],
  ])('%s', (_how, value) => expect(holdsIdentityNumber(value, NOW)).toBe(true));
});

describe('what is none is let through', () => {
  test.each([
    ['a masked number', '110101********765X'],
    ['a hash', `${'a'.repeat(40)}${NUMBER.slice(0, 17)}2${'b'.repeat(6)}`],
    ['a hash that chance put one into', `${'a'.repeat(40)}110101199003077758${'b'.repeat(6)}`],
    ['a time in milliseconds', 1_780_300_000_000],
    ['a ticket', { ticketNumber: 'A023', issuedAt: '2026-06-01T09:12:33+08:00' }],
    ['eighteen digits without a birthday', '999999999999999999'],
    ['a number with another check digit', '110101199003077759'],
    ['nothing', null],
  ])('%s', (_what, value) => expect(holdsIdentityNumber(value, NOW)).toBe(false));

  test('the identities that devices give to their messages', () => {
    fc.assert(fc.property(fc.uuid(), fc.ulid(), (uuid, ulid) => !holdsIdentityNumber({ id: uuid, other: ulid })));
  });

  test('every visit of a hall that numbers them by area, day and sequence', () => {
    const day = fc.integer({ min: -20, max: 20 }).map((days) => new Date(NOW + days * 86_400_000));
    fc.assert(
      fc.property(day, fc.nat(9_999), (date, nth) => {
        const visitId = `110105${date.toISOString().slice(0, 10).replaceAll('-', '')}${String(nth).padStart(4, '0')}`;
        return !holdsIdentityNumber({ visitId, requestId: Number(visitId) }, NOW);
      }),
    );
  });
});
