/**
 * The driver's codec against the sample frames, and against streams that were cut, glued and soiled.
 */
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { localTimeText } from '../../gateway/kernel/local-time.ts';
import frames from './frames.json' with { type: 'json' };
import {
  checksum,
  decodePayload,
  encodePayload,
  encodeTcpFrame,
  scrambleCommKey,
  tcpFramer,
  type Payload,
} from './zk-frame.ts';
import { decodeAlarm, decodeLivePunch } from './zk-live-events.ts';
import { decodeRecord, findLayout, type Layout } from './zk-records.ts';
import { decodePackedTime, encodePackedTime } from './zk-time.ts';
import { decodeName } from './name-text.ts';
import { decodeUser, findUserSize, type UserSize } from './zk-users.ts';

const bytesOf = (sample: { hex: string; tail?: string }) => Buffer.from(sample.hex + (sample.tail ?? ''), 'hex');

describe('frames', () => {
  test.each(frames.payloads)(
    '$name is written and read as the sample says',
    ({ hex, command, session, reply, data }) => {
      const payload = { command, session, reply, data: Buffer.from(data, 'hex') };
      expect(encodeTcpFrame(payload).toString('hex')).toBe(hex);
      expect(decodePayload(encodePayload(payload))).toEqual(payload);
    },
  );

  test.each(frames.checksums)('the checksum of $name is right', ({ hex, checksum: expected }) => {
    expect(checksum(Buffer.from(hex, 'hex'))).toBe(expected);
  });

  test.each(frames.commKeys)('key $key in session $session is scrambled as the clock expects', (sample) => {
    expect(scrambleCommKey(sample.key, sample.session).toString('hex')).toBe(sample.hex);
  });

  const anyPayload = fc.record({
    command: fc.integer({ min: 0, max: 0xffff }),
    session: fc.integer({ min: 0, max: 0xffff }),
    reply: fc.integer({ min: 0, max: 0xffff }),
    data: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
  });

  test('a stream gives the same frames however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anyPayload, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 40 })),
        (payloads, cuts) => {
          const stream = Buffer.concat(payloads.map(encodeTcpFrame));
          expect(framesOf(pieces(stream, cuts))).toEqual(payloads);
        },
      ),
    );
  });

  test('a frame that noise seems to begin is not believed, and the true one in it is heard', () => {
    const payload = { command: 2000, session: 7, reply: 9, data: Buffer.from('beef', 'hex') };
    const soil = Buffer.from('ff5050827d08000000', 'hex');
    expect(framesOf([soil, encodeTcpFrame(payload)])).toEqual([payload]);
  });

  test('frames are found again after noise, even noise that begins like a frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), anyPayload, (noise, likeFrame, payload) => {
        const soil = Buffer.concat([Buffer.from(likeFrame ? [0x50, 0x50, 0x82, 0x7d, 9, 0, 0, 0] : []), noise]);
        const stream = Buffer.concat([soil, ...Array.from({ length: 4 }, () => encodeTcpFrame(payload))]);
        expect(framesOf([stream]).slice(-2)).toEqual([payload, payload]);
      }),
    );
  });
});

describe('time', () => {
  test.each(frames.times)('$text', ({ hex, text }) => {
    const packed = Buffer.from(hex, 'hex').readUInt32LE(0);
    expect(localTimeText(decodePackedTime(packed))).toBe(text);
    expect(encodePackedTime(decodePackedTime(packed))).toBe(packed);
  });
});

describe('stored records', () => {
  test.each(frames.records)('$name', (sample) => {
    const { time, ...punch } = decodeRecord(sample.size as Layout, bytesOf(sample));
    expect(localTimeText(time)).toBe(sample.time);
    const { uid, userId, verify, punch: code, workCode } = sample;
    expect(punch).toEqual(withoutUndefined({ uid, userId, verify, punch: code, workCode }));
  });

  test.each(frames.records)('the layout of $name is found by itself, whatever the counters say', (sample) => {
    for (const count of [1, 2, 5, 10, 25]) {
      const log = Buffer.concat(Array.from({ length: count }, () => bytesOf(sample)));
      for (const hint of [undefined, 8, 16, 40, 12.5])
        expect(findLayout(log, log.length, hint, 2026)).toBe(sample.size);
    }
  });

  test('a log that is none of the layouts is not guessed at', () => {
    expect(findLayout(Buffer.alloc(80, 0xff), 80, undefined, 2026)).toBeUndefined();
    expect(findLayout(Buffer.alloc(41), 41, 41, 2026)).toBeUndefined();
  });
});

describe('people', () => {
  test.each(frames.users)('$name shows the name and never the password', (sample) => {
    const user = decodeUser(sample.size as UserSize, bytesOf(sample), 'gbk');
    expect(user).toEqual({ uid: sample.uid, userId: sample.userId, name: sample.userName });
  });

  test('28 and 72 bytes are told apart where both divide the table', () => {
    const [small, large] = frames.users.map(bytesOf);
    expect(findUserSize(Buffer.concat(Array.from({ length: 18 }, () => small!)), undefined)).toBe(28);
    expect(findUserSize(Buffer.concat(Array.from({ length: 7 }, () => large!)), undefined)).toBe(72);
  });

  test('a name that fills its field and is cut in half a character loses that half only', () => {
    const name = '阿卜杜热西提·买买提明江';
    for (const encoding of ['gbk', 'utf8'] as const) {
      for (let length = 1; length <= 24; length += 1) {
        const shown = decodeName(iconv.encode(name, encoding).subarray(0, length), encoding);
        expect(name.startsWith(shown), `${encoding} ${length}: ${shown}`).toBe(true);
        expect(iconv.encode(shown, encoding).length).toBeGreaterThan(length - (encoding === 'gbk' ? 2 : 3));
      }
    }
  });
});

describe('live events', () => {
  test.each(frames.liveEvents)('$length bytes', (sample) => {
    const { time, ...punch } = decodeLivePunch(bytesOf(sample), 'verify-punch')!;
    expect(localTimeText(time)).toBe(sample.time);
    expect(punch).toEqual({ userId: sample.userId, verify: sample.verify, punch: sample.punch });
  });

  test('the two codes are exchanged for firmwares that send the punch first', () => {
    const sample = Buffer.from('e90301001a0601080000', 'hex');
    expect(decodeLivePunch(sample, 'punch-verify')).toMatchObject({ verify: 0, punch: 1 });
  });

  test('a length that no firmware sends is no punch', () => {
    for (const length of [0, 9, 11, 33, 51])
      expect(decodeLivePunch(Buffer.alloc(length), 'verify-punch')).toBeUndefined();
  });

  test.each(frames.alarms)('alarm: $meaning', ({ hex, alarm }) => {
    expect(decodeAlarm(Buffer.from(hex, 'hex'))?.alarm).toBe(alarm);
  });
});

function framesOf(chunks: readonly Buffer[]): Payload[] {
  const heard: Payload[] = [];
  const framer = tcpFramer((payload) => heard.push({ ...payload, data: Buffer.from(payload.data) }));
  for (const chunk of chunks) framer.push(chunk);
  return heard;
}

function pieces(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0, nth = 0; at < stream.length; nth += 1) {
    const length = cuts[nth % Math.max(1, cuts.length)] ?? stream.length;
    parts.push(stream.subarray(at, at + length));
    at += length;
  }
  return parts;
}

function withoutUndefined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
