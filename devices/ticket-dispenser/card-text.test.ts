// The text of cards: residents field by field, other kinds by their kind only.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textBlock } from '../../simulators/ticket-dispenser/card-block.ts';
import { inventPerson } from '../../simulators/ticket-dispenser/people.ts';
import { decodeCardText } from './card-text.ts';

describe('a resident’s card', () => {
  it('is read field by field', () => {
    const person = inventPerson(0, { birth: '19600110', validUntil: '长期' });
    expect(decodeCardText(textBlock(person))).toEqual({
      cardKind: 'resident',
      name: '张三丰',
      sex: 'male',
      nation: '01',
      birth: '1960-01-10',
      address: '示例省示例市示例路1号',
      idNumber: person.idNumber,
      issuer: '示例市公安局',
      validFrom: '2020-01-01',
      validUntil: 'long-term',
    });
  });

  it.each(['王㐂', '李䶮', '钱\ue863', '赵鿃', '阿依古丽·买买提'])('keeps the rare characters of %s', (name) => {
    expect(decodeCardText(textBlock(inventPerson(1, { name })))).toMatchObject({ name });
  });

  it('may fill its fields with zeros instead of blanks', () => {
    const block = textBlock(inventPerson(1));
    for (let at = 0; at < block.length; at += 2) if (block.readUInt16LE(at) === 0x20) block.writeUInt16LE(0, at);
    expect(decodeCardText(block)).toEqual(decodeCardText(textBlock(inventPerson(1))));
  });

  it('has no date where it names no day of the calendar', () => {
    const card = decodeCardText(textBlock(inventPerson(1, { birth: '19990230', validFrom: '2020', validUntil: '' })));
    expect(card).toMatchObject({ birth: undefined, validFrom: undefined, validUntil: undefined });
  });
});

describe('other cards', () => {
  it.each([
    ['I', 'foreign-permanent'],
    ['Y', 'foreign-permanent'],
    ['J', 'hk-macau-taiwan'],
  ])('marked %s are told by their kind, without any field', (cardMark, cardKind) => {
    expect(decodeCardText(textBlock(inventPerson(2, { cardMark })))).toEqual({ cardKind });
  });

  it.each([
    ['with an unknown mark', textBlock(inventPerson(2, { cardMark: 'Q' }))],
    ['without a number', textBlock(inventPerson(2, { idNumber: '' }))],
    ['with a number of another shape', textBlock(inventPerson(2, { idNumber: 'H12345678' }))],
    ['without a name', textBlock(inventPerson(2, { name: '' }))],
    ['of another length', textBlock(inventPerson(2)).subarray(1)],
    ['that are blank', Buffer.alloc(256)],
  ])('%s are none that we know', (_which, block) => {
    expect(decodeCardText(block)).toBeUndefined();
  });

  it('never make the reading fail, whatever they hold', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 256, maxLength: 256 }), (block) => {
        expect(['resident', 'foreign-permanent', 'hk-macau-taiwan', undefined]).toContain(
          decodeCardText(block)?.cardKind,
        );
      }),
    );
  });
});
