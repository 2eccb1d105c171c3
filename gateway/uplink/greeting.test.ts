// The board at a broker that takes its time to answer: what the centre sees at the end is what is true at the end.
import { expect, onTestFinished, test } from 'vitest';
import { startCentralBroker } from '../../simulators/central/central-broker.ts';
import { startConsumer } from '../../simulators/central/consumer.ts';
import { until } from '../../simulators/kit/until.ts';
import { PLACE, startTestGateway, STATUS_TOPIC } from './proving-ground.ts';

test('a device that comes online while the broker is slow to greet is online at the centre', async () => {
  const topic = 'hall/v1/demo/evaluator/w1/state';
  const broker = await startCentralBroker();
  onTestFinished(() => broker.close());
  const consumer = await startConsumer({ url: broker.url, hall: PLACE.hall });
  onTestFinished(() => consumer.close());
  broker.faults.delayMs = 150;
  const gateway = await startTestGateway({ url: broker.url });
  onTestFinished(() => gateway.close());
  gateway.retained.set(topic, '{"presence":"unknown"}');
  await until('the broker is asked', () => gateway.uplink.status().link === 'greeting');
  gateway.retained.set(topic, '{"presence":"online"}');
  await until('the link is up', () => gateway.uplink.status().link === 'up');
  // "Offline" is the last thing it says: nothing comes after it that could still change the picture.
  await gateway.uplink.close({ drainMs: 5_000 });
  await until('its last word', () => JSON.stringify(consumer.latest(STATUS_TOPIC)).includes('"offline"'));
  expect(consumer.latest(topic)).toEqual({ presence: 'online' });
});

test('a gateway that is stopped while the broker is slow to greet is offline at the centre, and its board is the newest', async () => {
  const topic = 'hall/v1/demo/evaluator/w1/state';
  const broker = await startCentralBroker();
  onTestFinished(() => broker.close());
  const consumer = await startConsumer({ url: broker.url, hall: PLACE.hall });
  onTestFinished(() => consumer.close());
  broker.faults.delayMs = 150;
  const gateway = await startTestGateway({ url: broker.url });
  onTestFinished(() => gateway.close());
  gateway.retained.set(topic, '{"presence":"offline"}');
  await until('the broker is asked', () => gateway.uplink.status().link === 'greeting');
  await gateway.uplink.close({ drainMs: 5_000 });
  await until(
    'its last word',
    () => consumer.latest(STATUS_TOPIC) !== undefined && consumer.latest(topic) !== undefined,
  );
  expect(consumer.latest(topic)).toEqual({ presence: 'offline' });
  expect(consumer.latest(STATUS_TOPIC)).toMatchObject({ state: 'offline' });
});
