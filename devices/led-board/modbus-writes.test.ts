// What leaves for a board's registers, and what is believed of it when it is read back.
import { describe, expect, it } from 'vitest';
import type { BoardText } from './display-area.ts';
import { boardMapSchema, GB2312, LED_485 } from './modbus-map.ts';
import { checkReadBack, pollRequest, textWrites } from './modbus-writes.ts';

const text = (words: string): BoardText => ({ text: words, colour: 'red', effect: 'left', speed: 10 });

describe('a text that is written', () => {
  it('stands in the registers high byte first, with its manner and length, and shows last', () => {
    expect(textWrites(GB2312, text('请A1')).requests).toEqual([
      { kind: 'write-many', start: 16, values: [0xc7eb, 0x4131] },
      { kind: 'write-many', start: 2, values: [1, 2, 10, 4] },
      { kind: 'write-many', start: 0, values: [1] },
      { kind: 'read', table: 'holding', start: 16, count: 2 },
    ]);
  });

  it('fills a board that has no other way to know its end', () => {
    const [write] = textWrites(LED_485, text('A23')).requests;
    expect(write).toEqual({ kind: 'write-many', start: 0x70, values: [0x4132, 0x3320, 0x2020, 0x2020] });
  });

  it('is refused in a colour that the board does not have', () => {
    const map = boardMapSchema.parse({
      text: { start: 16, bytesMax: 8 },
      colour: { register: 2, values: { green: 1 } },
    });
    expect(() => textWrites(map, text('A1'))).toThrow(expect.objectContaining({ code: 'modbus.profile-lacks' }));
  });
});

describe('a text that is read back', () => {
  const writes = textWrites(GB2312, text('请A1'));

  it('is believed when the board holds it', () => {
    expect(() => checkReadBack(writes, [[], [], [], [0xc7eb, 0x4131]])).not.toThrow();
  });

  it('is not believed when the board holds something else, and the error names the register', () => {
    expect(() => checkReadBack(writes, [[], [], [], [0xc7eb, 0]])).toThrow(
      expect.objectContaining({ code: 'modbus.text-not-kept', facts: { place: 1 } }),
    );
  });
});

describe('the sign of life', () => {
  it('reads the text that stands, or one register where none does', () => {
    const { piece } = textWrites(GB2312, text('请A1'));
    expect(pollRequest(GB2312, piece)).toMatchObject({ kind: 'read', start: 16, count: 2 });
    expect(pollRequest(GB2312, undefined)).toMatchObject({ kind: 'read', start: 16, count: 1 });
  });

  it('is written where nothing can be read: the text again, or what does no harm', () => {
    const { piece } = textWrites(LED_485, text('A23'));
    expect(pollRequest(LED_485, piece)).toMatchObject({ kind: 'write-many', start: 0x70 });
    expect(pollRequest(LED_485, undefined)).toEqual({ kind: 'write-one', register: 4, value: 0 });
  });
});
