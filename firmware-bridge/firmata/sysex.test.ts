// The frames of the hall board, held to the samples of its description.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import samples from '../firmware/frames.json' with { type: 'json' };
import { crc14, decodeFrame, encodeFrame, PAYLOAD_MAX, payloadReader, u16, u32 } from './sysex-codec.ts';
import {
  acknowledgePayload,
  displayPayload,
  errorFrom,
  identityFrom,
  outputPayload,
  recordFrom,
  replayEndFrom,
  statusFrom,
} from './sysex-messages.ts';

function sample(name: string): { command: number; data: number[] } {
  const hex = samples.find((each) => each.name === name)?.hex ?? '';
  const [, command = 0, ...data] = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return { command, data: data.slice(0, -1) };
}

function payloadOf(name: string): readonly number[] {
  const { command, data } = sample(name);
  const frame = decodeFrame(command, data);
  if (!frame) throw new Error(`the sample ${name} has a wrong check`);
  return frame.payload;
}

describe('the frames of the hall board', () => {
  it('have the check of the catalogue', () => {
    expect(crc14([...Buffer.from('123456789')])).toBe(0x082d);
  });

  it.each(samples.map(({ name }) => name))('are read and written again as the sample has them: %s', (name) => {
    const { command, data } = sample(name);
    const frame = decodeFrame(command, data);
    expect(frame && encodeFrame(frame)).toEqual(data);
  });

  it('come back whole, whatever they carry, and not at all when a bit is flipped', () => {
    const septet = fc.integer({ min: 0, max: 127 });
    const frame = fc.record({
      command: fc.integer({ min: 1, max: 15 }),
      tag: septet,
      payload: fc.array(septet, { maxLength: PAYLOAD_MAX }),
    });
    fc.assert(
      fc.property(frame, fc.nat(), fc.integer({ min: 0, max: 6 }), (sent, at, bit) => {
        const data = encodeFrame(sent);
        expect(decodeFrame(sent.command, data)).toEqual(sent);
        const place = at % data.length;
        const flipped = data.map((byte, index) => (index === place ? byte ^ (1 << bit) : byte));
        expect(decodeFrame(sent.command, flipped)).toBeUndefined();
      }),
    );
  });

  it('carry every number', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 0xffff }), (value) => payloadReader(u16(value)).u16() === value));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (value) => payloadReader(u32(value)).u32() === value),
    );
  });
});

describe('what the hall board says', () => {
  it('is who it is', () => {
    expect(identityFrom(payloadOf('identity'))).toEqual({
      profile: 'evaluator',
      firmware: '1.0.0',
      build: 0x89abcdef,
      keys: 5,
      lamps: 6,
      displays: 4,
      serial: 'EV-0007',
    });
  });

  it('is which key was pressed, and when', () => {
    expect(recordFrom(payloadOf('key-pressed'))).toEqual({
      sequence: 300,
      key: 3,
      active: true,
      ageMs: 2,
      repeated: false,
    });
    expect(recordFrom(payloadOf('key-released-before-start'))).toEqual({
      sequence: 305_419_896,
      key: 3,
      active: false,
      ageMs: undefined,
      repeated: true,
    });
    expect(recordFrom(payloadOf('paper-out'))).toMatchObject({ sequence: 301, key: 0x10, active: false, ageMs: 4 });
  });

  it('is how it is', () => {
    expect(statusFrom(payloadOf('status'))).toMatchObject({ newest: 300, keysDown: 0b100, paper: true });
    expect(replayEndFrom(payloadOf('replay-end'))).toEqual({ newest: 300, sent: 2 });
    expect(errorFrom(payloadOf('error-locked'))).toBe(5);
  });

  it.each([
    ['identity', identityFrom],
    ['key-pressed', recordFrom],
    ['status', statusFrom],
    ['replay-end', replayEndFrom],
  ] as const)('is nothing when it is cut short: %s', (name, from) => {
    const payload = payloadOf(name);
    expect(from(payload.slice(0, name === 'identity' ? 14 : -1))).toBeUndefined();
  });
});

describe('what the gateway says', () => {
  it('is what the samples say', () => {
    expect(acknowledgePayload(300)).toEqual(payloadOf('ack'));
    expect(displayPayload({ what: 'digits', text: 'A012' })).toEqual(payloadOf('display-digits'));
    expect(displayPayload({ what: 'matrix', text: 'A012' })).toEqual(payloadOf('display-text'));
    expect(outputPayload(2, { onMs: 500, offMs: 500, times: 3 })).toEqual(payloadOf('lamp-blink'));
    expect(outputPayload(0, { onMs: 120, offMs: 0, times: 1 })).toEqual(payloadOf('buzzer-short'));
  });
});
