// The bus's frames, against frames.json in both directions, and the decoder against everything a bus does to bytes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from './frames.json' with { type: 'json' };
import { KEY_MAPS, levelsOf, pressOf } from './rs485-keys.ts';
import {
  acknowledgementOf,
  beepFrame,
  encodeFrame,
  frameDecoder,
  starsFrame,
  startEvaluationFrame,
  ticketFrame,
  waitingFrame,
  type Frame,
} from './rs485-codec.ts';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (frame: Frame) => Buffer.from(encodeFrame(frame)).toString('hex');

/** Everything a decoder makes of the bytes, cut at the given places, once the line is silent. */
function decode(bytes: Uint8Array, cuts: readonly number[] = []): string[] {
  const decoder = frameDecoder();
  const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const frames = borders.slice(1).flatMap((end, index) => decoder.push(bytes.subarray(borders[index], end)));
  return [...frames, ...decoder.silence()].map(hexOf);
}

describe('the frames of the bus', () => {
  it.each(vectors.frames)('$name', ({ hex, address, func, data }) => {
    const frame = { address, func, data: bytesOf(data) };
    expect(frameDecoder().push(bytesOf(hex))).toEqual([frame]);
    expect(hexOf(frame)).toBe(hex);
  });

  it.each(vectors.frames.filter(({ from }) => from === 'device'))('understands the press: $name', (vector) => {
    const press = pressOf({ ...vector, data: bytesOf(vector.data) });
    expect(press && `${press.sender} ${press.key}`).toBe(vector.meaning);
  });

  it.each([
    ['ticket 023', ticketFrame(5, '023')],
    ['waiting 12', waitingFrame(5, 12)],
    ['stars 5', starsFrame(5, 5)],
    ['beep', beepFrame(5)],
    ['start-evaluation', startEvaluationFrame(5)],
    ['acknowledges evaluator 3', acknowledgementOf({ address: 5, func: 0x11, data: Uint8Array.of(3) })],
  ])('says "%s" as the deployed host does', (meaning, frame) => {
    expect(hexOf(frame)).toBe(vectors.frames.find((vector) => vector.meaning === meaning)?.hex);
  });

  it('acknowledges a key of the caller with the same frame', () => {
    const frame = { address: 5, func: 1, data: Uint8Array.of(6, 0x0f) };
    expect(acknowledgementOf(frame)).toEqual(frame);
  });

  it('leaves the places of missing digits dark', () => {
    expect([...ticketFrame(5, '7').data]).toEqual([10, 10, 10, 10, 10, 7]);
    expect([...waitingFrame(5, 0).data]).toEqual([0, 0, 0, 10, 10, 10]);
    expect([...waitingFrame(5, 999).data]).toEqual([9, 9, 9, 10, 10, 10]);
  });
});

describe('the decoder', () => {
  const good = vectors.frames.map(({ hex }) => hex);
  const anyFrames = fc.array(fc.constantFrom(...good), { minLength: 1, maxLength: 6 });
  const anyCuts = fc.array(fc.nat(500), { maxLength: 20 });

  it.each(vectors.damaged)('makes no frame of $name, and hears the next one', ({ hex }) => {
    expect(decode(bytesOf(hex))).toEqual([]);
    expect(decode(bytesOf(hex + good[0]!))).toEqual([good[0]]);
  });

  it('delivers frames that are cut and glued anyhow', () => {
    fc.assert(
      fc.property(anyFrames, anyCuts, (frames, cuts) => {
        expect(decode(bytesOf(frames.join('')), cuts)).toEqual(frames);
      }),
    );
  });

  it('delivers exactly the good frames between noise that cannot be the start of one', () => {
    const noise = fc.uint8Array({ maxLength: 30 }).map((bytes) => bytes.filter((byte) => byte !== 0x68));
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, fc.constantFrom(...good)), { maxLength: 6 }), anyCuts, (parts, cuts) => {
        const stream = Buffer.concat(parts.flatMap(([bytes, hex]) => [bytes, bytesOf(hex)]));
        expect(decode(stream, cuts)).toEqual(parts.map(([, hex]) => hex));
      }),
    );
  });

  it('finds in any bytes, however cut, what a search from left to right finds', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.constantFrom(...good, ...vectors.damaged.map(({ hex }) => hex)).map(bytesOf),
      fc.array(fc.constantFrom(0x68, 0x02, 0x03, 0xff, 0x16), { maxLength: 10 }).map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), anyCuts, (pieces, cuts) => {
        const stream = Buffer.concat(pieces);
        expect(decode(stream, cuts)).toEqual(searched(stream));
      }),
      { numRuns: 500 },
    );
  });

  it('hears a whole frame behind half a frame as soon as the line is silent', () => {
    const decoder = frameDecoder();
    const beep = hexOf(beepFrame(5));
    expect(decoder.push(bytesOf('ff68080868' + beep))).toEqual([]);
    expect(decoder.silence().map(hexOf)).toEqual([beep]);
    expect(decoder.silence()).toEqual([]);
  });

  it('hears a frame whose lead-in was lost', () => {
    expect(decode(bytesOf(good[0]!.slice(2)))).toEqual([good[0]]);
  });

  it('counts what it skips', () => {
    const decoder = frameDecoder();
    decoder.push(bytesOf('0102' + vectors.damaged[0]!.hex + vectors.damaged[1]!.hex + good[0]!));
    expect(decoder.counters).toMatchObject({ frames: 1, wrongSums: 1, wrongEnds: 1, skippedBytes: 20 });
  });
});

/** Written apart from the decoder: at each place, does a whole frame stand here? */
function searched(bytes: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const length = bytes[at + 1] ?? 0;
    const end = at + length + 6;
    if (bytes[at] !== 0x68 || length < 2 || length > 8 || end > bytes.length) continue;
    if (bytes[at + 2] !== length || bytes[at + 3] !== 0x68 || bytes[end - 1] !== 0x16) continue;
    const sum = bytes.subarray(at + 4, end - 2).reduce((total, byte) => total + byte, 0) % 256;
    if (sum !== bytes[end - 2]) continue;
    found.push('ff' + Buffer.from(bytes.subarray(at, end)).toString('hex'));
    at = end - 1;
  }
  return found;
}

describe('the keys of the evaluator', () => {
  it('offers the levels that the device has keys for, and never takes the default key for a mark', () => {
    expect(levelsOf(KEY_MAPS['four-key'])).toEqual([2, 4, 5]);
    expect(levelsOf(KEY_MAPS['five-key'])).toEqual([1, 2, 3, 4, 5]);
    expect(KEY_MAPS['four-key'][1]).toBe('unrated');
  });

  it('takes frames of the host for no press', () => {
    for (const frame of [ticketFrame(5, '023'), beepFrame(5)]) expect(pressOf(frame)).toBeUndefined();
  });
});
