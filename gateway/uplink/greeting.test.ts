// The board at a broker that takes its time to answer: what the centre sees at the end is what is true at the end.
import { expect, onTestFinished, test } from 'vitest';
import { startCentralBroker } from '../../simulators/central/central-broker.ts';
import { startConsumer } from '../../simulators/central/consumer.ts';
import { until } from '../../simulators/kit/until.ts';
import { PLACE, startTestGateway, STATUS_TOPIC } from './proving-ground.ts';

const DEVICE_TOPIC = 'hall/v1/demo/evaluator/w1/state';

/** A gateway that has asked and not been answered yet; its only device has this presence. */
async function greeting(presence: string) {
  const broker = await startCentralBroker();
  onTestFinished(() => broker.close());
  const consumer = await startConsumer({ url: broker.url, hall: PLACE.hall });
  onTestFinished(() => consumer.close());
  broker.faults.delayMs = 150;
  const gateway = await startTestGateway({ url: broker.url });
  onTestFinished(() => gateway.close());
  gateway.retained.set(DEVICE_TOPIC, JSON.stringify({ presence }));
  await until('the broker is asked', () => gateway.uplink.status().link === 'greeting');
  return { consumer, gateway };
}

test('a device that comes online while the broker is slow to greet is online at the centre', async () => {
  const { consumer, gateway } = await greeting('unknown');
  gateway.retained.set(DEVICE_TOPIC, '{"presence":"online"}');
  await until('the link is up', () => gateway.uplink.status().link === 'up');
  // "Offline" is the last thing it says: nothing comes after it that could still change the picture.
  await gateway.uplink.close({ drainMs: 5_000 });
  await until('its last word', () => JSON.stringify(consumer.latest(STATUS_TOPIC)).includes('"offline"'));
  expect(consumer.latest(DEVICE_TOPIC)).toEqual({ presence: 'online' });
});

test('a gateway that is stopped while the broker is slow to greet is offline at the centre, and its board is the newest', async () => {
  const { consumer, gateway } = await greeting('offline');
  await gateway.uplink.close({ drainMs: 5_000 });
  const isSaid = () => consumer.latest(STATUS_TOPIC) !== undefined && consumer.latest(DEVICE_TOPIC) !== undefined;
  await until('its last word', isSaid);
  expect(consumer.latest(DEVICE_TOPIC)).toEqual({ presence: 'offline' });
  expect(consumer.latest(STATUS_TOPIC)).toMatchObject({ state: 'offline' });
});

test('a gateway that cannot wait for the answer is offline at the centre, also when the answer comes after its last word', async () => {
  const { consumer, gateway } = await greeting('online');
  await gateway.uplink.close({ drainMs: 20 });
  await until('its last word', () => consumer.latest(STATUS_TOPIC) !== undefined);
  expect(consumer.latest(STATUS_TOPIC)).toMatchObject({ state: 'offline' });
});
