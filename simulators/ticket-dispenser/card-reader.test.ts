// The simulated reader by itself: what it says to raw commands, and what it remembers of the people.
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import frames from '../../devices/ticket-dispenser/frames.json' with { type: 'json' };
import { until } from '../kit/until.ts';
import { startCardReader, type CardReaderSimulator } from './card-reader.ts';
import { inventPerson, withCheckCharacter } from './people.ts';

const { commands, replies } = frames.cardReader;
const hexOf = (name: string) => [...commands, ...replies].find((frame) => frame.name === name)?.hex ?? '';

const closing: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A reader, and a host that says bytes and keeps those that come back. */
async function readerAndHost(): Promise<{ reader: CardReaderSimulator; ask: (name: string) => Promise<string> }> {
  const reader = await startCardReader({ port: { type: 'tcp' } });
  closing.push(() => reader.close());
  if (reader.line.type !== 'tcp') throw new Error('asked for a serial server');
  const socket = connect(reader.line.port, reader.line.host);
  closing.push(() => void socket.destroy());
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString('hex')));
  const ask = async (name: string) => {
    heard = '';
    socket.write(Buffer.from(hexOf(name), 'hex'));
    await until(
      'it answered',
      () => heard.length >= 22 && heard.length >= 14 + 2 * Number.parseInt(heard.slice(10, 14), 16),
    );
    return heard;
  };
  return { reader, ask };
}

describe('the simulated reader', () => {
  it('answers as the samples show, and finds a card that was read only when it is laid down again', async () => {
    const { reader, ask } = await readerAndHost();
    expect(await ask('find a card')).toBe(hexOf('no card'));
    expect(await ask('select the card')).toBe(hexOf('selecting failed'));
    reader.layCard(inventPerson(0));
    expect(await ask('find a card')).toBe(hexOf('a card was found'));
    expect(await ask('read text and photo')).toBe(hexOf('reading failed'));
    expect(await ask('select the card')).toBe(hexOf('the card is selected'));
    const read = await ask('read text and photo');
    expect(read.length / 2).toBe(1_295);
    expect(read.slice(14, 28)).toBe('00009001000400');
    expect(await ask('find a card')).toBe(hexOf('no card'));
    reader.layCard(inventPerson(0));
    expect(await ask('find a card')).toBe(hexOf('a card was found'));
  });

  it('remembers and tells what people did', async () => {
    const { reader } = await readerAndHost();
    const told: string[] = [];
    const stop = reader.onTruth(({ deed }) => void told.push(deed));
    reader.layCard(inventPerson(0));
    reader.layCard(inventPerson(1));
    stop();
    reader.takeCard();
    expect(told).toEqual(['laid', 'taken', 'laid']);
    expect(reader.truth.map(({ deed, person }) => `${deed} ${person.name}`)).toEqual([
      'laid 张三丰',
      'taken 张三丰',
      'laid 欧阳静',
      'taken 欧阳静',
    ]);
  });
});

describe('the invented people', () => {
  it('have numbers of no province, all different', () => {
    const numbers = Array.from({ length: 1_000 }, (_, nth) => inventPerson(nth).idNumber);
    expect(new Set(numbers).size).toBe(1_000);
    expect(numbers.every((number) => /^99\d{15}[\dX]$/.test(number))).toBe(true);
  });

  it('have check characters as the example of GB 11643', () => {
    expect(withCheckCharacter('11010519491231002')).toBe('11010519491231002X');
  });
});
