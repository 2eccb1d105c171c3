import { expect, it } from 'vitest';
import frames from '../../firmware-bridge/firmware/frames.json' with { type: 'json' };
import { check14, frameBytes, frameOf, packed, sysexReader, unpacked } from './wire-codec.ts';

it('computes the check that the catalogue of CRCs gives for CRC-14/DARC', () => {
  expect(check14(Buffer.from('123456789'))).toBe(0x082d);
});

it.each(frames)('reads and writes the sample frame $name', ({ hex }) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const bodies: number[][] = [];
  sysexReader((body) => bodies.push(body))(bytes);
  const frame = frameOf(bodies[0] ?? []);
  if (frame === undefined) throw new Error('the check is wrong');
  expect(Buffer.from(frameBytes(frame)).toString('hex')).toBe(bytes.toString('hex'));
});

it('packs bytes into septets and back', () => {
  const bytes = Array.from({ length: 256 }, (_, index) => index);
  expect(packed(bytes).every((septet) => septet < 0x80)).toBe(true);
  expect(unpacked(packed(bytes)).slice(0, 256)).toEqual(bytes);
  expect(packed(new Uint8Array(32))).toHaveLength(37);
});
