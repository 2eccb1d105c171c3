// What of a number and a name may be told.
import { describe, expect, it } from 'vitest';
import { Secret } from '../../gateway/kernel/secret.ts';
import { hashIdNumber, isIdNumber, maskName } from './id-number.ts';

describe('an identity number', () => {
  it('looks like one only with 17 digits and a digit or X', () => {
    expect(['11010519491231002X', '110105194912310021'].map(isIdNumber)).toEqual([true, true]);
    expect(['', '11010519491231002', '11010519491231002x', 'H0800000001'].some(isIdNumber)).toBe(false);
  });

  it('has a hash that nobody can make without the key', () => {
    const hash = hashIdNumber('11010519491231002X', new Secret('one key of a hall'));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hashIdNumber('11010519491231002X', new Secret('another key of a hall'))).not.toBe(hash);
    // RFC 4231, test case 2: the same construction with another text.
    expect(hashIdNumber('what do ya want for nothing?', new Secret('Jefe'))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

describe('a name', () => {
  it.each([
    ['张三', '张*'],
    ['欧阳静', '欧**'],
    ['阿依古丽·买买提', '阿*******'],
    ['𠮷田', '𠮷*'],
  ])('%s is told as %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });

  it.each(['', '张', '*三'])('"%s" is not told, because nothing would be hidden', (name) => {
    expect(maskName(name)).toBeUndefined();
  });
});
