/** The PUBACKs come out, everything else goes on untouched, wherever the network cuts the bytes. */
import { generate } from 'mqtt-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pubackFilter } from './puback-filter.ts';

const id = fc.integer({ min: 1, max: 65_535 });
const short = id.map((messageId) => ({ ack: [messageId, 0], bytes: generate({ cmd: 'puback', messageId }) }));
const withReason = id.map((messageId) => ({
  ack: [messageId, 0x97],
  bytes: generate({ cmd: 'puback', messageId, reasonCode: 0x97 }, { protocolVersion: 5 }),
}));
const other = fc
  .oneof(
    fc.constant(generate({ cmd: 'pingresp' })),
    id.map((messageId) => generate({ cmd: 'suback', messageId, granted: [1, 0x80] })),
    fc.record({ id, size: fc.integer({ min: 0, max: 300 }) }).map(({ id: messageId, size }) =>
      // A payload full of bytes that look like PUBACKs.
      generate({
        cmd: 'publish',
        topic: 't',
        qos: 1,
        dup: false,
        retain: false,
        messageId,
        payload: Buffer.alloc(size, '@\x02'),
      }),
    ),
  )
  .map((bytes) => ({ ack: undefined, bytes }));

describe('the PUBACK filter', () => {
  it('finds every PUBACK and passes every other byte, however the bytes are cut', () => {
    const stream = fc.array(fc.oneof(short, withReason, other), { maxLength: 30 });
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(stream, cuts, (packets, sizes) => {
        const bytes = Buffer.concat(packets.map((packet) => packet.bytes));
        const acks: number[][] = [];
        const rest: Buffer[] = [];
        const filter = pubackFilter((messageId, reason) => void acks.push([messageId, reason]));
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          rest.push(filter(bytes.subarray(at, at + size)) ?? Buffer.alloc(0));
          at += size;
        }
        expect(acks).toEqual(packets.flatMap(({ ack }) => (ack ? [ack] : [])));
        const others = packets.filter(({ ack }) => ack === undefined).map((packet) => packet.bytes);
        expect(Buffer.concat(rest).equals(Buffer.concat(others))).toBe(true);
      }),
    );
  });
});
