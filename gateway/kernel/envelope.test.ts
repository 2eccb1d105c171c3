// The hand-written envelope against the schema of the contract.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderEnvelope } from './envelope.ts';
import { envelopeSchema, formatSequence } from './event.ts';

const anyTime = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });

it('is a CloudEvent of the contract, whatever text and time an event has', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      anyTime,
      anyTime,
      fc.integer({ min: 1, max: 1e15 }),
      (text, timeMs, recordedMs, sequence) => {
        const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
        const fields = {
          id,
          source: text,
          type: text,
          timeMs,
          recordedMs,
          sequence,
          epoch: id,
          clock: 'device',
        } as const;
        const rendered = renderEnvelope({ ...fields, dataText: JSON.stringify({ text }) });
        const envelope = envelopeSchema.parse(JSON.parse(rendered));
        expect(envelope).toMatchObject({
          source: text,
          type: text,
          data: { text },
          sequence: formatSequence(sequence),
        });
        expect(Date.parse(envelope.time)).toBe(timeMs);
        expect(Date.parse(envelope.recordedtime)).toBe(recordedMs);
      },
    ),
  );
});

it.each([NaN, Infinity, -1e300, 8.64e15, 1.5])('writes a time even when a device says %d', (timeMs) => {
  const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
  const rendered = renderEnvelope({
    ...{ id, source: '/', type: 't', timeMs, recordedMs: 0, sequence: 1, epoch: id, clock: 'device', dataText: '{}' },
  });
  expect(() => envelopeSchema.parse(JSON.parse(rendered))).not.toThrow();
});
