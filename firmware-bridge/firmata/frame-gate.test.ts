// What reaches the Firmata client: whole messages, and nothing that would make it throw or grow.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameGate, SYSEX_BYTES_MAX } from './frame-gate.ts';

const CAPABILITIES = [0xf0, 0x6c, 0x00, 0x01, 0x7f, 0x00, 0x01, 0x7f, 0xf7];
const bytes = (...values: number[]) => Uint8Array.from(values);
const passed = (messages: Uint8Array[]) => messages.map((message) => [...message]);

describe('the gate in front of the Firmata client', () => {
  it('lets versions, pins and sysex pass, one byte at a time or glued', () => {
    const stream = [0xf9, 2, 5, 0x91, 1, 0, 0xe3, 4, 5, ...CAPABILITIES, 0xf0, 0x02, 0, 1, 0xf7];
    const whole = passed(frameGate().push(bytes(...stream)));
    const gate = frameGate();
    expect(stream.flatMap((byte) => passed(gate.push(bytes(byte))))).toEqual(whole);
    expect(whole.flat()).toEqual(stream);
  });

  it('drops a state of pin 100 on a board with two pins', () => {
    const gate = frameGate();
    gate.push(bytes(...CAPABILITIES));
    expect(gate.push(bytes(0xf0, 0x6e, 100, 0, 0, 0xf7))).toEqual([]);
    expect(gate.push(bytes(0xf0, 0x6e, 1, 0, 0, 0xf7))).toHaveLength(1);
  });

  it('lets a board say once how many pins it has, and which of them measure', () => {
    const gate = frameGate();
    const mapping = bytes(0xf0, 0x6a, 0x7f, 0x00, 0xf7);
    expect(gate.push(mapping)).toEqual([]);
    expect(gate.push(bytes(...CAPABILITIES))).toHaveLength(1);
    expect(gate.push(bytes(...CAPABILITIES))).toEqual([]);
    expect(gate.push(bytes(0xf0, 0x6a, 0x7f, 0x00, 0x01, 0xf7))).toEqual([]);
    expect(gate.push(mapping)).toHaveLength(1);
    expect(gate.push(mapping)).toEqual([]);
  });

  it('forgets a sysex without an end and understands what follows', () => {
    const gate = frameGate();
    const endless = new Uint8Array(SYSEX_BYTES_MAX * 3).fill(1);
    endless[0] = 0xf0;
    expect(gate.push(endless)).toEqual([]);
    expect(gate.dropped).toBeGreaterThan(SYSEX_BYTES_MAX);
    expect(passed(gate.push(bytes(0xf9, 2, 5)))).toEqual([[0xf9, 2, 5]]);
  });

  it('never passes anything but whole messages, whatever the noise', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        const gate = frameGate();
        for (const message of chunks.flatMap((chunk) => gate.push(chunk))) {
          const last = message.at(-1) ?? 0xff;
          const body = message.subarray(1, message[0] === 0xf0 ? -1 : undefined);
          expect(body.every((byte) => byte <= 0x7f)).toBe(true);
          expect(message[0] === 0xf0 ? last === 0xf7 : message.length === 3).toBe(true);
        }
      }),
    );
  });
});
