// The faults of a byte channel: what leaves is what was written, damaged exactly as asked, and repeatable by seed.
import { describe, expect, it } from 'vitest';
import { faultyDatagrams } from './datagram-faults.ts';
import { faultyBytes, noByteFaults, type ByteFaults } from './faults.ts';
import { seededRandom } from './random.ts';
import { until } from './until.ts';

function channel(faults: Partial<ByteFaults>, seed = 7) {
  const pieces: Uint8Array[] = [];
  const channel = faultyBytes((piece) => void pieces.push(piece), {
    random: seededRandom(seed),
    faults: { ...noByteFaults(), ...faults },
  });
  return {
    pieces,
    faults: channel.faults,
    record: channel.record,
    write: (bytes: Uint8Array) => channel.write(bytes),
    close: () => channel.close(),
    joined: () => Buffer.concat(pieces).toString('hex'),
  };
}

const BYTES = Uint8Array.from({ length: 64 }, (_, index) => index);
const HEX = Buffer.from(BYTES).toString('hex');

describe('a byte channel with faults', () => {
  it('sends a write at once and whole when no fault is asked for', () => {
    const { write, pieces, record } = channel({});
    write(BYTES);
    expect(pieces).toEqual([BYTES]);
    expect(record.entries).toEqual([BYTES]);
  });

  it.each(['every-byte', 'random'] as const)('cuts writes (%s) without losing or turning a byte', async (split) => {
    const { write, pieces, joined } = channel({ split });
    write(BYTES);
    write(BYTES);
    await until('all bytes left', () => joined() === HEX + HEX);
    expect(pieces.length).toBeGreaterThan(split === 'every-byte' ? 127 : 2);
  });

  it('joins writes that come close together', async () => {
    const { write, pieces } = channel({ glueMs: 20 });
    write(Uint8Array.of(1));
    write(Uint8Array.of(2, 3));
    expect(pieces).toEqual([]);
    await until('the joined write left', () => pieces.length > 0);
    expect(pieces).toEqual([Buffer.of(1, 2, 3)]);
  });

  it('keeps the order of writes that are delayed', async () => {
    const { write, joined } = channel({ delayMs: 20 });
    for (const byte of BYTES) write(Uint8Array.of(byte));
    await until('all bytes left', () => joined().length === HEX.length);
    expect(joined()).toBe(HEX);
  });

  it('flips one bit of a byte, loses bytes and repeats writes at the asked rates', () => {
    const flipped = channel({ corrupt: 1 });
    flipped.write(Uint8Array.of(0, 0xff));
    const bits = [...(flipped.pieces[0] ?? [])].map((byte) => byte.toString(2).replaceAll('0', '').length);
    expect(bits).toEqual([1, 7]);
    const lossy = channel({ drop: 0.5 });
    lossy.write(BYTES);
    expect(lossy.pieces[0]?.length).toBeGreaterThan(10);
    expect(lossy.pieces[0]?.length).toBeLessThan(54);
    const doubled = channel({ duplicate: 1 });
    doubled.write(Uint8Array.of(5));
    return until('both copies left', () => doubled.joined() === '0505');
  });

  it('obeys rates that are changed while it runs', async () => {
    const { write, faults, joined } = channel({ drop: 1 });
    write(Uint8Array.of(1));
    faults.drop = 0;
    write(Uint8Array.of(2));
    await until('the second write left', () => joined() === '02');
  });

  it('does the same again with the same seed', () => {
    const run = (seed: number) => {
      const { write, joined } = channel({ corrupt: 0.2, drop: 0.2 }, seed);
      write(BYTES);
      return joined();
    };
    expect(run(11)).toBe(run(11));
    expect(run(11)).not.toBe(run(12));
  });

  it('says nothing more after it was closed', async () => {
    const { write, close, joined } = channel({ split: 'every-byte' });
    write(BYTES);
    close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(joined()).toBe('00');
  });
});

describe('datagrams with faults', () => {
  const run = (faults: Partial<{ drop: number; duplicate: number; reorder: number; delayMs: number }>) => {
    const out: number[] = [];
    const datagrams = faultyDatagrams<number>((datagram) => void out.push(datagram), {
      random: seededRandom(3),
      faults: { drop: 0, duplicate: 0, reorder: 0, delayMs: 0, ...faults },
    });
    for (let number = 1; number <= 6; number += 1) datagrams.send(number);
    return { out, datagrams };
  };

  it('lets a datagram be overtaken by the next one', () => {
    expect(run({ reorder: 1 }).out).toEqual([2, 1, 4, 3, 6, 5]);
  });

  it('sends a datagram that was held back even when none follows', async () => {
    const { out, datagrams } = run({ reorder: 1 });
    datagrams.send(7);
    await until('the seventh datagram left', () => out.includes(7));
  });

  it('loses and repeats them', () => {
    expect(run({ drop: 1 }).out).toEqual([]);
    expect(run({ duplicate: 1 }).out).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
  });
});
