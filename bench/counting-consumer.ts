/**
 * The consumer of the drain benchmark, a process of its own: subscribes to everything at QoS 0 and counts the events in
 * the bytes, single or batched. Sends its parent `ready`, and at the last event the milliseconds since the first.
 *
 *     node counting-consumer <port> <events>
 */
import { connect } from 'node:net';
import { generate } from 'mqtt-packet';

const port = Number(process.argv[2]);
const events = Number(process.argv[3]);
const MARK = Buffer.from('"sequence":"');
const SUBACK = 0x90;

const RETRY_MS = 2;

let tail: Buffer = Buffer.alloc(0);
let counted = 0;
let firstMs = 0;
let subscribed = false;

subscribe();

/** Knocks until the broker is there. */
function subscribe(): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.once('connect', () => {
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: 'counter',
        keepalive: 0,
      }),
    );
    socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'hall/#', qos: 0 }] }));
  });
  socket.once('error', () => setTimeout(subscribe, RETRY_MS));
  socket.on('data', (chunk) => {
    count(chunk);
    if (counted >= events) socket.destroy();
  });
}

function count(chunk: Buffer): void {
  if (!subscribed && chunk.includes(SUBACK)) {
    subscribed = true;
    process.send?.('ready');
  }
  const bytes = Buffer.concat([tail, chunk]);
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + MARK.length)) {
    if (counted === 0) firstMs = performance.now();
    counted += 1;
  }
  tail = bytes.subarray(Math.max(0, bytes.length - MARK.length + 1));
  if (counted >= events) process.send?.(performance.now() - firstMs, () => process.disconnect());
}
