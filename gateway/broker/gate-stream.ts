/**
 * The stream that Aedes reads and writes in place of a socket. What is written in one turn leaves in one piece, which
 * also makes one WebSocket frame of it.
 */
import { Duplex } from 'node:stream';
import type { BrokerLimits } from './limits.ts';
import type { Wire } from './wire.ts';

export interface StreamEvents {
  /** Aedes has taken what was pushed. */
  wanted: () => void;
  /** The other end took no byte for `drainTimeoutMs`. */
  stuck: () => void;
  destroyed: () => void;
}

export type StreamLimits = Pick<BrokerLimits, 'packetBytesMax' | 'outputQueueBytesMax' | 'drainTimeoutMs'>;

const SOCKETS_TURN_MS = 5;

export function gateStream(wire: Wire, limits: StreamLimits, events: StreamEvents): Duplex {
  let timer: NodeJS.Timeout | undefined;
  const taken = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  /** Where this very process stood still, timers come due before the sockets are heard: they get one turn first. */
  const lookAgain = () => {
    timer = setTimeout(events.stuck, SOCKETS_TURN_MS);
  };
  /** One write to the wire at a time; what comes meanwhile goes out together in the next. */
  const transmit = (bytes: Buffer, done: () => void) => {
    wire.write(bytes, () => {
      taken();
      done();
    });
    if (wire.queuedBytes() > 0) timer ??= setTimeout(lookAgain, limits.drainTimeoutMs);
  };
  return new Duplex({
    readableHighWaterMark: limits.packetBytesMax,
    writableHighWaterMark: limits.outputQueueBytesMax,
    read: events.wanted,
    write: (chunk: Buffer, _encoding, done) => transmit(chunk, done),
    writev: (chunks, done) => transmit(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), done),
    destroy(error, done) {
      taken();
      events.destroyed();
      done(error);
    },
  });
}
