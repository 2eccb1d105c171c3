/** Packets written in bulk are what mqtt-packet would have written, one by one. */
import { generate } from 'mqtt-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publishEncoder, type Publish } from './publish-encoder.ts';

const messages = fc.array(
  fc.record({
    id: fc.integer({ min: 1, max: 65_535 }),
    topic: fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }),
    payload: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 0, max: 20_000 }).map((size) => '号'.repeat(size)),
    ),
    retain: fc.boolean(),
  }),
  { maxLength: 8 },
);

const byMqttPacket = (message: Publish, protocolVersion: 4 | 5) =>
  generate(
    {
      ...{ cmd: 'publish', qos: 1, dup: false, messageId: message.id },
      ...{ topic: message.topic, payload: message.payload, retain: message.retain },
    },
    { protocolVersion },
  );

describe('the publish encoder', () => {
  it.each([
    ['3.1.1', 4],
    ['5', 5],
  ] as const)('writes MQTT %s as mqtt-packet does', (protocol, version) => {
    fc.assert(
      fc.property(messages, (batch) => {
        const expected = Buffer.concat(batch.map((message) => byMqttPacket(message, version)));
        expect(publishEncoder(protocol).encode(batch).equals(expected)).toBe(true);
      }),
    );
  });
});
