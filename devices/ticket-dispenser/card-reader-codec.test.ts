// The frames of the card reader: the samples of the vendors, any cut, any noise, and nothing of a card left behind.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../simulators/kit/random.ts';
import { photoBlock, textBlock } from '../../simulators/ticket-dispenser/card-block.ts';
import { inventPerson } from '../../simulators/ticket-dispenser/people.ts';
import { answerBytes, commandReader } from '../../simulators/ticket-dispenser/reader-frames.ts';
import { encodeCommand, replyDecoder, textOf, type ReaderReply } from './card-reader-codec.ts';
import frames from './frames.json' with { type: 'json' };

const { commands, unusedCommands, replies, damaged } = frames.cardReader;
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const tellOf = ({ status, data }: ReaderReply) => `${status.toString(16)} ${Buffer.from(data).toString('hex')}`;
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const readOut = answerBytes(
  0x90,
  Buffer.concat([bytesOf('01000400'), textBlock(inventPerson(3)), photoBlock(seededRandom(5))]),
);

/** Everything a decoder makes of the bytes, cut at the given places. */
function decode(bytes: Uint8Array, cuts: readonly number[] = []): string[] {
  const decoder = replyDecoder();
  const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return borders.slice(1).flatMap((end, index) => decoder.push(bytes.slice(borders[index], end)).map(tellOf));
}

describe('the commands', () => {
  it.each(['find', 'select', 'read'] as const)('%s is sent as the vendors show it', (command) => {
    expect(hexOf(encodeCommand(command))).toBe(commands.find((sample) => sample.command === command)?.hex);
  });

  it.each([...commands, ...unusedCommands])('are understood by the simulated reader: $name', ({ hex }) => {
    const heard: string[] = [];
    const read = commandReader((command) => void heard.push(command));
    for (const byte of bytesOf(hex)) read(Uint8Array.of(byte));
    expect(heard).toEqual([hex.slice(14, 18)]);
  });
});

describe('the answers', () => {
  it.each(replies)('are understood: $name', ({ hex, status, data }) => {
    expect(decode(bytesOf(hex))).toEqual([`${status} ${data}`]);
    expect(hexOf(answerBytes(Number.parseInt(status, 16), bytesOf(data)))).toBe(hex);
  });

  it('hold the text of a card in front of its photo, 1295 bytes in all', () => {
    expect(readOut).toHaveLength(1_295);
    const [reply] = replyDecoder().push(Uint8Array.from(readOut));
    expect(reply && textOf(reply)).toEqual(Uint8Array.from(textBlock(inventPerson(3))));
  });

  it.each(['0100', '0100040000', '00ff0400' + '00'.repeat(1_280)])('give no text when lengths do not fit', (hex) => {
    expect(textOf({ status: 0x90, data: bytesOf(hex) })).toBeUndefined();
  });

  it.each(damaged)('are not heard in $name, but the next one is', ({ hex }) => {
    expect(decode(bytesOf(hex))).toEqual([]);
    expect(decode(bytesOf(hex + replies[2]!.hex))).toEqual(['80 ']);
  });
});

describe('the decoder', () => {
  const good = [...replies.map(({ hex }) => hex), hexOf(readOut)];
  const anyCuts = fc.array(fc.nat(3_000), { maxLength: 20 });
  const toldOf = (hex: string) => decode(bytesOf(hex))[0];

  it('hears answers that are cut and glued anyhow', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...good), { maxLength: 5 }), anyCuts, (hexes, cuts) => {
        expect(decode(bytesOf(hexes.join('')), cuts)).toEqual(hexes.map(toldOf));
      }),
    );
  });

  it('hears every answer between noise that holds no preamble', () => {
    const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.filter((byte) => byte !== 0xaa));
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, fc.constantFrom(...good)), { maxLength: 4 }), anyCuts, (parts, cuts) => {
        const stream = Buffer.concat(parts.flatMap(([bytes, hex]) => [bytes, bytesOf(hex)]));
        expect(decode(Uint8Array.from(stream), cuts)).toEqual(parts.map(([, hex]) => toldOf(hex)));
      }),
    );
  });

  it('makes the same of any bytes, however they are cut', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.constantFrom(...good, ...damaged.map(({ hex }) => hex), 'aaaaaa9669', 'aaaaaa96690004').map(bytesOf),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), anyCuts, (pieces, cuts) => {
        const stream = Uint8Array.from(Buffer.concat(pieces));
        expect(decode(stream, cuts)).toEqual(decode(stream));
      }),
      { numRuns: 300 },
    );
  });

  it('hears an answer behind half an answer as soon as that cannot be whole any more', () => {
    const half = hexOf(readOut).slice(0, 1_000);
    const decoder = replyDecoder();
    expect(decoder.push(bytesOf(half + good[0]!))).toEqual([]);
    const more = Buffer.concat(Array.from({ length: 80 }, () => bytesOf(good[0]!)));
    expect(decoder.push(Uint8Array.from(more)).length).toBeGreaterThan(50);
  });

  it('forgets a half answer when another command is asked', () => {
    const decoder = replyDecoder();
    decoder.push(Uint8Array.from(readOut.subarray(0, 700)));
    decoder.reset();
    expect(decoder.push(bytesOf(good[0]!)).map(tellOf)).toEqual([toldOf(good[0]!)]);
  });

  it('holds back less than one longest frame, whatever it is fed', () => {
    const decoder = replyDecoder();
    for (let time = 0; time < 40; time += 1) decoder.push(bytesOf('aaaaaa9669090a'.padEnd(200, 'aaaaaa966908')));
    const before = decoder.counters.skippedBytes;
    expect(40 * 100 - before).toBeLessThanOrEqual(2_321);
  });

  it('overwrites the bytes of a card that it was given', () => {
    const chunk = Uint8Array.from(readOut);
    replyDecoder().push(chunk);
    expect(chunk.every((byte) => byte === 0)).toBe(true);
  });
});
