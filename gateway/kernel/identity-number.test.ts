/**
 * Identity numbers are found however people write them, and what only looks like one is left alone.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withCheckCharacter } from '../../simulators/ticket-dispenser/people.ts';
import { birthIn, checkDigitFits, eighteensIn, maskIdentityNumber, maskIdentityNumbers } from './identity-number.ts';

const two = (value: number) => String(value).padStart(2, '0');
const birth = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2025-12-31'), noInvalidDate: true })
  .map((date) => `${date.getUTCFullYear()}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`);
const area = fc.constantFrom('110101', '440524', '542301', '659001', '710000', '820000', '990101');
const sequence = fc.nat(999).map((nth) => String(nth).padStart(3, '0'));
const idNumber = fc.tuple(area, birth, sequence).map((parts) => withCheckCharacter(parts.join('')));
const separator = fc.constantFrom('', ' ', '-', '\u3000', ' - ', '\u2014', '.', '\u00a0');
const fullWidth = (text: string) =>
  text.replace(/[0-9X]/g, (character) => String.fromCodePoint(character.charCodeAt(0) + 0xfee0));
/** What people write around a number: no digits, and no separators at either end. */
const words = fc.stringMatching(/^(?:[\u4e00-\u4e20a-wyz，。:（）]{1,10})?$/);

describe('the check character', () => {
  test('is that of the examples in GB 11643', () => {
    expect(checkDigitFits('11010519491231002X')).toBe(true);
    expect(checkDigitFits('440524188001010014')).toBe(true);
    expect(checkDigitFits('440524188001010015')).toBe(false);
  });

  test('is the only one that fits, and the one that the standard’s other way of reckoning gives', () => {
    const digits = fc.array(fc.nat(9), { minLength: 17, maxLength: 17 }).map((each) => each.join(''));
    fc.assert(
      fc.property(digits, (each) => {
        const fitting = Array.from('0123456789X').filter((last) => checkDigitFits(each + last));
        expect(fitting.map((last) => each + last)).toEqual([withCheckCharacter(each)]);
      }),
    );
  });
});

describe('a number', () => {
  test('is found in groups of any sort, in full-width digits, between any words, and is masked as a whole', () => {
    const parts = fc.record({ number: idNumber, gaps: fc.array(separator, { minLength: 17, maxLength: 17 }) });
    fc.assert(
      fc.property(parts, words, words, fc.boolean(), fc.boolean(), ({ number, gaps }, before, after, wide, small) => {
        const plain = Array.from(number, (character, nth) => character + (gaps[nth] ?? '')).join('');
        const cased = small ? plain.replace('X', 'x') : plain;
        const written = wide ? fullWidth(cased) : cased;
        const masked = `${before}${maskIdentityNumber(number)}${after}`;
        expect(maskIdentityNumbers(`${before}${written}${after}`)).toBe(masked);
      }),
    );
  });

  test.each([
    ['我是110101 19900307 7758，等了一小时', '我是110101********7758，等了一小时'],
    ['110101-19900307-7758', '110101********7758'],
    ['１１０１０１１９９００３０７７７５８', '110101********7758'],
    ['𝟏𝟏𝟎𝟏𝟎𝟏𝟏𝟗𝟗𝟎𝟎𝟑𝟎𝟕𝟕𝟕𝟓𝟖', '110101********7758'],
    ['11010519491231002x、110101199003077758', '110105********002X、110101********7758'],
    ['电话 13800138000 110101199003077758', '电话 13800138000 110101********7758'],
    ['1 110101199003077758 2', '1 110101********7758 2'],
  ])('in "%s" is masked', (text, masked) => {
    expect(maskIdentityNumbers(text)).toBe(masked);
  });

  test('with a slip in it is masked as well, where it stands in one piece', () => {
    expect(maskIdentityNumbers('110101199003077759')).toBe('110101********7759');
    expect(maskIdentityNumbers('110101 19900307 7759')).toBe('110101 19900307 7759');
  });
});

describe('no number', () => {
  test.each([
    ['has one digit more in front', '1110101199003077758'],
    ['has one digit more behind', '1101011990030777580'],
    ['goes on behind its X', '11010519491231002X1'],
    ['is a day that no calendar has', withCheckCharacter('11010119900230775')],
    ['is older than anybody', withCheckCharacter('11010117990307775')],
    ['begins with no province', withCheckCharacter('20260119900307775')],
    ['has an X in its middle', '1101011990X3077758'],
    ['is parted by a word', '110101 生于 19900307 7758'],
    ['is parted widely', '110101    19900307    7758'],
    ['is shorter', '11010119900307775'],
    ['is masked', '110101********7758'],
  ])('stands where it %s', (_why, text) => {
    expect(eighteensIn(text)).toEqual([]);
    expect(maskIdentityNumbers(text)).toBe(text);
  });

  test('stands in what devices and programs make up', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.ulid(), fc.date({ noInvalidDate: true }), (uuid, ulid, date) => {
        const text = `${uuid} ${ulid} ${date.toISOString()}`;
        expect(maskIdentityNumbers(text)).toBe(text);
      }),
    );
  });

  test('stands in any text where the mask leaves one, and the rest of the text is as it was', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('0', '1', '9', 'X', ' ', '-', '生', '１', '．'), maxLength: 60 }),
        (text) => {
          const masked = maskIdentityNumbers(text);
          expect(eighteensIn(masked).filter(({ characters }) => checkDigitFits(characters))).toEqual([]);
          if (eighteensIn(text).length === 0) expect(masked).toBe(text);
          expect(masked.length).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });
});

test('the birth is the day that stands in it', () => {
  fc.assert(
    fc.property(idNumber, (number) => {
      const born = new Date(birthIn(number) ?? Number.NaN).toISOString().slice(0, 10).replaceAll('-', '');
      expect(born).toBe(number.slice(6, 14));
    }),
  );
});
