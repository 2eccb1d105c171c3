// Bytes in and out of the two envelopes: sample frames, frames in pieces and among noise, and answers to somebody else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import samples from '../../devices/led-board/frames.json' with { type: 'json' };
import { modbusCrc, rtuFraming } from './rtu-framing.ts';
import { tcpFraming } from './tcp-framing.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const REQUEST = hex('05 10 00 10 00 02 04 c7 eb 41 31 5b 57');
const ANSWER = hex('05 10 00 10 00 02 41 89');
const REFUSAL = withCrc(hex('05 90 02'));

function withCrc(content: Uint8Array): Uint8Array {
  const crc = modbusCrc(content);
  return Uint8Array.of(...content, crc & 0xff, crc >> 8);
}

describe('the checksum of RTU', () => {
  it.each(samples.frames.filter(({ wire }) => wire === 'modbus'))('is that of the sample "$name"', (sample) => {
    const frame = hex(sample.hex);
    expect(withCrc(frame.subarray(0, -2))).toEqual(frame);
  });
});

describe('an RTU answer', () => {
  it('is found in any pieces, and behind noise that is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.integer({ min: 1, max: 8 }), (noise, size) => {
        // Noise that begins like an answer may swallow it: then the request is repeated.
        fc.pre(!noise.includes(5));
        const framing = rtuFraming({ ownEcho: false });
        framing.request(REQUEST);
        const bytes = Uint8Array.of(...noise, ...ANSWER);
        const found = [];
        for (let at = 0; at < bytes.length; at += size) {
          const answer = framing.hear(bytes.subarray(at, at + size));
          if (answer) found.push(Uint8Array.from(answer));
        }
        expect(found).toEqual([ANSWER]);
      }),
    );
  });

  it('may be a refusal', () => {
    const framing = rtuFraming({ ownEcho: false });
    framing.request(REQUEST);
    expect(framing.hear(REFUSAL)).toEqual(REFUSAL);
  });

  it('is none with a wrong checksum, of another unit, or when nothing was asked', () => {
    const framing = rtuFraming({ ownEcho: false });
    expect(framing.hear(ANSWER)).toBeUndefined();
    framing.request(REQUEST);
    expect(framing.hear(Uint8Array.of(...ANSWER.subarray(0, -1), 0))).toBeUndefined();
    expect(framing.hear(withCrc(hex('06 10 00 10 00 02')))).toBeUndefined();
    framing.forget();
    expect(framing.hear(ANSWER)).toBeUndefined();
    expect(framing.strayBytes()).toBe(ANSWER.length * 4);
  });

  it('is not the echo of an adapter that hears itself, though a write of one register looks the same', () => {
    const framing = rtuFraming({ ownEcho: true });
    const request = withCrc(hex('05 06 00 00 00 01'));
    framing.request(request);
    expect(framing.hear(request)).toBeUndefined();
    expect(framing.hear(request)).toEqual(request);
  });
});

describe('a Modbus TCP answer', () => {
  const enveloped = (number: number, frame: Uint8Array) =>
    Uint8Array.of(0, number, 0, 0, 0, frame.length - 2, ...frame.subarray(0, -2));

  it('carries the number of its request; a late one to an earlier request is dropped', () => {
    const framing = tcpFraming();
    expect(new Uint8Array(framing.request(REQUEST))).toEqual(enveloped(1, REQUEST));
    framing.forget();
    framing.request(REQUEST);
    expect(framing.hear(enveloped(1, ANSWER))).toBeUndefined();
    const answer = framing.hear(enveloped(2, ANSWER));
    expect(answer && new Uint8Array(answer)).toEqual(ANSWER);
    expect(framing.hear(enveloped(2, ANSWER))).toBeUndefined();
  });

  it('is found byte by byte, and glued to others', () => {
    const framing = tcpFraming();
    framing.request(REQUEST);
    const bytes = Uint8Array.of(...enveloped(9, REFUSAL), ...enveloped(1, REFUSAL));
    const heard = [...bytes].map((byte) => framing.hear(Uint8Array.of(byte))).filter((answer) => answer !== undefined);
    expect(heard.map((answer) => new Uint8Array(answer))).toEqual([REFUSAL]);
  });
});
