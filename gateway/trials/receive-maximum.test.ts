// A broker that bears few messages at a time: counted on the wire, by a broker that withholds its PUBACKs.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { generate, parser, type Packet } from 'mqtt-packet';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { startTestGateway } from '../uplink/proving-ground.ts';

const MQTT_5 = { protocolVersion: 5 };
const RECEIVE_MAXIMUM = 7;
const EVENTS = 200;

/** A broker of MQTT 5 that takes `RECEIVE_MAXIMUM` at a time and acknowledges events only when it is told to. */
async function stingyBroker() {
  const unacknowledged: number[] = [];
  let socket: Socket | undefined;
  let most = 0;
  let events = 0;
  const heard: string[] = [];
  const say = (packet: Packet) => socket?.write(generate(packet, MQTT_5));
  const acknowledge = (messageId: number | undefined) => {
    if (messageId !== undefined) say({ cmd: 'puback', messageId, reasonCode: 0 });
  };
  const hear = (packet: Packet) => {
    if (packet.cmd === 'connect')
      say({
        cmd: 'connack',
        reasonCode: 0,
        sessionPresent: false,
        properties: { receiveMaximum: RECEIVE_MAXIMUM },
      });
    if (packet.cmd === 'subscribe')
      say({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: packet.subscriptions.map(() => 1) });
    if (packet.cmd === 'pingreq') say({ cmd: 'pingresp' });
    heard.push(packet.cmd === 'publish' ? String(packet.payload) : packet.cmd);
    if (packet.cmd !== 'publish' || packet.qos === 0) return;
    const messageId = packet.messageId ?? 0;
    unacknowledged.push(messageId);
    most = Math.max(most, unacknowledged.length);
    if (packet.topic.includes('/event/')) events += 1;
    else acknowledge(unacknowledged.pop());
  };
  const server = createServer((client) => {
    socket = client;
    const reader = parser({ protocolVersion: 5 });
    reader.on('packet', hear);
    client.on('data', (bytes) => void reader.parse(bytes)).on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    socket?.destroy();
    server.close();
  });
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: () => unacknowledged.length,
    most: () => most,
    events: () => events,
    heard: () => heard,
    acknowledgeOne: () => acknowledge(unacknowledged.shift()),
  };
}

test('more than the broker bears is never under way, and all of it arrives', async () => {
  const broker = await stingyBroker();
  const gateway = await startTestGateway({ url: broker.url, protocol: '5', windowRows: 1_000, ackTimeoutMs: 60_000 });
  onTestFinished(() => gateway.close());
  await gateway.record(EVENTS);
  await until('the broker has what it bears', () => broker.waiting() === RECEIVE_MAXIMUM);
  await until(
    'every event has come',
    () => {
      if (broker.waiting() > 0) broker.acknowledgeOne();
      return broker.events() === EVENTS;
    },
    30_000,
  );
  await until('every event is confirmed', () => {
    broker.acknowledgeOne();
    return gateway.uplink.status().acked === EVENTS;
  });
  expect(broker.most()).toBe(RECEIVE_MAXIMUM);
  expect(gateway.uplink.status().reconnects).toBe(0);
});

test('a gateway that cannot say offline, because the broker bears no more, leaves that to its will', async () => {
  const broker = await stingyBroker();
  const gateway = await startTestGateway({ url: broker.url, protocol: '5', windowRows: 1_000, ackTimeoutMs: 60_000 });
  onTestFinished(() => gateway.close());
  await gateway.record(EVENTS);
  await until('the broker has what it bears', () => broker.waiting() === RECEIVE_MAXIMUM);
  await gateway.uplink.close({ drainMs: 50 });
  expect(broker.heard().some((text) => text.includes('"offline"'))).toBe(false);
  expect(broker.heard()).not.toContain('disconnect');
});
