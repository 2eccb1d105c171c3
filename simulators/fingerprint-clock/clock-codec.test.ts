/**
 * The simulator's codec against the sample frames: the same data that the driver's codec is tested with, read on its own.
 */
import { describe, expect, test } from 'vitest';
import frames from '../../devices/fingerprint-clock/frames.json' with { type: 'json' };
import { datagramOf, frameOf, packTime, provesKey, segmentOf, streamReader, unpackTime } from './clock-codec.ts';
import { eventBytes, recordBytes, userBytes, type EventLength, type LoggedPunch } from './clock-tables.ts';

describe('the simulated clock speaks as the samples do', () => {
  test.each(frames.payloads)('$name', ({ hex, command, session, reply, data }) => {
    const frame = { command, session, reply, data: Buffer.from(data, 'hex') };
    expect(segmentOf(frame).toString('hex')).toBe(hex);
    const heard: unknown[] = [];
    const read = streamReader((one) => heard.push(one));
    for (const byte of Buffer.from(hex, 'hex')) read(Uint8Array.of(byte));
    expect(heard).toEqual([{ ...frame, intact: true }]);
  });

  test.each(frames.checksums)('checksum of $name', ({ hex, checksum }) => {
    const bytes = Buffer.from(hex, 'hex');
    const frame = frameOf(bytes);
    expect(frame?.intact).toBe(false);
    expect(datagramOf(frame!).readUInt16LE(2)).toBe(checksum);
  });

  test.each(frames.commKeys)('knows the proof of key $key in session $session', ({ key, session, hex }) => {
    expect(provesKey(Buffer.from(hex, 'hex'), key, session)).toBe(true);
    expect(provesKey(Buffer.from(hex, 'hex'), key + 1, session)).toBe(false);
  });

  test.each(frames.times)('packs $text', ({ hex, text }) => {
    const packed = Buffer.from(hex, 'hex').readUInt32LE(0);
    expect(packTime(text)).toBe(packed);
    expect(unpackTime(packed)).toBe(text);
  });

  test.each(frames.records)('writes $name', (sample) => {
    const punch: LoggedPunch = {
      userId: sample.userId ?? '',
      time: sample.time,
      verify: sample.verify,
      punch: sample.punch,
      ...(sample.workCode !== undefined && { workCode: sample.workCode }),
    };
    const bytes = recordBytes(sample.size as 8 | 16 | 40, punch, sample.uid ?? 0);
    expect(bytes.toString('hex')).toBe(sample.hex + (sample.tail ?? ''));
  });

  test.each(frames.users)('writes $name', (sample) => {
    const size = sample.size as 28 | 72;
    const password = size === 28 ? '12345' : '12345678';
    const user = {
      uid: sample.uid,
      userId: sample.userId,
      name: sample.userName,
      privilege: sample.privilege,
      password,
    };
    expect(userBytes(size, user, 'gbk').toString('hex')).toBe(sample.hex);
  });

  test.each(frames.liveEvents)('writes a live event of $length bytes', (sample) => {
    const bytes = eventBytes(sample.length as EventLength, sample);
    expect(bytes.toString('hex')).toBe(sample.hex + ('tail' in sample ? (sample.tail ?? '') : ''));
  });
});
