// Frames and texts of BX cards, against the vendor's own samples.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { telegramBytes, telegramReader, type Telegram } from '../../simulators/led-board/bx-telegrams.ts';
import { pictureOf } from '../../simulators/led-board/bx-picture.ts';
import { callText } from './call-template.ts';
import type { BoardText } from './display-area.ts';
import { encodeArea } from './onbon-bx-area.ts';
import { crc16, encodeFrame, frameDecoder, type Heard } from './onbon-bx-frame.ts';
import {
  areasRequest,
  brightnessRequest,
  parseReply,
  parseStatus,
  pingRequest,
  powerRequest,
  timeRequest,
} from './onbon-bx-messages.ts';
import { bxConfigSchema } from './onbon-bx-settings.ts';

const sampleSchema = z.object({
  name: z.string(),
  wire: z.string(),
  hex: z.string(),
  destination: z.number(),
  data: z.string(),
  source: z.string().min(1),
});
const text: unknown = JSON.parse(readFileSync(new URL('frames.json', import.meta.url), 'utf8'));
const all = z.object({ frames: z.array(z.looseObject({ wire: z.string() })) }).parse(text).frames;
const samples = all.filter(({ wire }) => wire === 'onbon-bx').map((frame) => sampleSchema.parse(frame));

const config = bxConfigSchema.parse({ host: 'board', areas: [{ name: 'main', width: 128, height: 32 }] });
const [area] = config.areas;
const FONTS = ['O000', 'E000'];

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const say = (words: string): BoardText => ({ text: words, colour: 'green', effect: 'static', speed: 7 });
const encode = (words: string, settings = config, remainingMs?: number) => {
  if (!area) throw new Error('no area');
  return Buffer.from(encodeArea(0, area, say(words), settings, remainingMs));
};

describe('a frame', () => {
  test.each(samples)('is read as the manual has it: $name', ({ hex: bytes, destination, data }) => {
    const [heard] = frameDecoder().push(Buffer.from(bytes, 'hex'));
    expect(heard).toMatchObject({ destination, data: Buffer.from(data, 'hex') });
  });

  test.each(
    samples.filter(
      ({ hex: bytes }) => bytes.startsWith('a5'.repeat(8) + 'f') || bytes.startsWith('a5'.repeat(8) + '01'),
    ),
  )('is written as the manual has it: $name', ({ hex: bytes, destination, data }) => {
    expect(hex(encodeFrame({ destination, source: 0x8000, data: Buffer.from(data, 'hex') }))).toBe(bytes);
  });

  test('has the check value that CRC-16/ARC has', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0xbb3d);
  });

  test('carries any data through the escapes, however the stream is cut', () => {
    const byte = fc.oneof(fc.constantFrom(0xa5, 0xa6, 0x5a, 0x5b, 0x01, 0x02), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (bytes, size) => {
        const data = Uint8Array.from(bytes);
        const wire = encodeFrame({ destination: 0xa55a, source: 0x5ba6, data });
        expect(wire.subarray(8, -1).some((each) => each === 0xa5 || each === 0x5a)).toBe(false);
        const decoder = frameDecoder();
        const heard: Heard[] = [];
        for (let at = 0; at < wire.length; at += size) heard.push(...decoder.push(wire.subarray(at, at + size)));
        expect(heard).toEqual([{ destination: 0xa55a, source: 0x5ba6, data: Buffer.from(data) }]);
      }),
    );
  });

  test('is understood by the card, and its reply by the gateway', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5, maxLength: 200 }), (data) => {
        const telegrams: Telegram[] = [];
        telegramReader((telegram) => telegrams.push(telegram))(encodeFrame({ destination: 1, source: 0x8000, data }));
        expect(telegrams).toEqual([{ destination: 1, source: 0x8000, data: Buffer.from(data), intact: true }]);
        expect(frameDecoder().push(telegramBytes(0x8000, 1, data))).toEqual([
          { destination: 0x8000, source: 1, data: Buffer.from(data) },
        ]);
      }),
    );
  });

  test('with one flipped bit is never taken for a whole one', () => {
    const wire = encodeFrame({ destination: 1, source: 0x8000, data: statusLike() });
    fc.assert(
      fc.property(fc.integer({ min: 8, max: wire.length - 2 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const flipped = Uint8Array.from(wire);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        const whole = frameDecoder()
          .push(flipped)
          .filter((heard) => heard !== 'damaged');
        expect(whole).toEqual([]);
      }),
    );
  });

  test('is found behind noise, and endless noise takes no memory', () => {
    const decoder = frameDecoder();
    expect(decoder.push(Buffer.alloc(100_000, 0x33))).toEqual([]);
    expect(decoder.push(Buffer.from([0xa5, ...Buffer.alloc(100_000, 0x33)]))).toEqual([]);
    expect(decoder.push(encodeFrame({ destination: 1, source: 2, data: pingRequest() }))).toHaveLength(1);
  });
});

function statusLike(): Uint8Array {
  return Buffer.from('a102000000010f20260601010800000050303030000001000000', 'hex');
}

describe('a request', () => {
  test('says what the manual says', () => {
    expect(hex(pingRequest())).toBe('a200010000');
    expect(hex(brightnessRequest(8))).toBe('a3020100000108');
    expect(hex(powerRequest('off'))).toBe('a3000100' + '0002');
    const time = { year: 2013, month: 1, day: 25, hour: 11, minute: 17, second: 26 };
    expect(hex(timeRequest(time))).toBe('a2030108001320012511172605');
  });

  test('has the areas with their lengths, in the layout of the sample', () => {
    const sample = samples.find(({ name }) => name.includes('欢迎光临'))?.data ?? '';
    const bytes = Buffer.from(sample, 'hex').subarray(9);
    expect(hex(areasRequest({ write: [bytes] }))).toBe(sample.replace(/^a306010000/, 'a306010100'));
    expect(pictureOf(bytes, FONTS)).toMatchObject({
      text: '欢迎光临',
      x: 0,
      y: 0,
      width: 128,
      height: 32,
      effect: 'static',
    });
  });
});

describe('a status', () => {
  const payload = Buffer.from('010f2026060101080000' + '0050303030' + '0000' + '020001', 'hex');

  test('tells lamps, brightness, time and areas', () => {
    const time = { year: 2026, month: 6, day: 1, hour: 8, minute: 0, second: 0 };
    expect(parseStatus(payload, { hasSpecialArea: true })).toEqual({
      power: 'on',
      brightness: 15,
      time,
      programs: 0,
      areas: [0, 1],
    });
  });

  test('of a BX-5K1 is two bytes shorter', () => {
    const short = Buffer.concat([payload.subarray(0, 15), payload.subarray(17)]);
    expect(parseStatus(short, { hasSpecialArea: false })?.areas).toEqual([0, 1]);
  });

  test('that is cut short is none', () => {
    for (let length = 0; length < payload.length; length += 1) {
      expect(parseStatus(payload.subarray(0, length), { hasSpecialArea: true })).toBeUndefined();
    }
    expect(parseReply(Buffer.from('a000', 'hex'))).toBeUndefined();
  });
});

describe('a text', () => {
  test('comes with font and colour, and a time-out where it has an end', () => {
    expect(encode('A023').subarray(27).toString('latin1')).toBe(String.raw`\FO000\FE000\C2A023`);
    expect(pictureOf(encode('请A023号\n到5号窗口', config, 60_000), FONTS)).toMatchObject({
      text: '请A023号\n到5号窗口',
      colour: 'green',
      deleteAfterSeconds: 63,
      align: 'centre',
    });
  });

  test('with a character that the card does not have is refused, with its place', () => {
    const refusal = { code: 'board.text-unencodable', facts: { area: 'main', character: 3 } };
    for (const words of ['请A😀', '请A龘', '请A\\', '请A\u0007']) {
      expect(() => encode(words), words).toThrow(expect.objectContaining(refusal) as Error);
    }
    expect(() => encode('请A龘', { ...config, charset: 'gbk' })).not.toThrow();
  });

  test('that does not fit into a 5K card is refused, with the last character that fits', () => {
    const small = { ...config, family: '5k' as const };
    // 512 bytes of buffer, 9 of the request, 27 of the area, 15 of fonts and colour.
    const bytesMax = 512 - 9 - 27;
    const fits = Math.floor((bytesMax - 15) / 2);
    expect(encode('号'.repeat(fits), small).length).toBeLessThanOrEqual(512 - 9);
    const facts = { area: 'main', bytes: 15 + 2 * (fits + 1), bytesMax, character: fits };
    const refusal = expect.objectContaining({ code: 'board.text-too-long', facts }) as Error;
    expect(() => encode('号'.repeat(fits + 1), small)).toThrow(refusal);
    expect(() => encode('号'.repeat(fits + 1))).not.toThrow();
  });

  test('of a call lacks nothing that its template asks for', () => {
    expect(callText('请{ticketNumber}号到{window}号窗口', { ticketNumber: 'A1', window: '5' })).toBe('请A1号到5号窗口');
    const refusal = expect.objectContaining({ code: 'board.call-incomplete', facts: { place: '{window}' } }) as Error;
    expect(() => callText('到{window}', { ticketNumber: 'A1', window: undefined })).toThrow(refusal);
  });
});
