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

test('a state that the broker dies of is withheld, but not what became of it meanwhile', async () => {
  const topic = 'hall/v1/demo/evaluator/w1/state';
  const broker = await startCentralBroker();
  onTestFinished(() => broker.close());
  const consumer = await startConsumer({ url: broker.url, hall: PLACE.hall });
  onTestFinished(() => consumer.close());
  let deaths = 0;
  broker.faults.dieOf = (_topic, payload) => {
    if (!payload.includes('poison')) return false;
    deaths += 1;
    // The second one convicts; the device changes before the gateway notices that the connection is gone.
    if (deaths === 2) gateway.retained.set(topic, '{"mode":"ready"}');
    return true;
  };
  const gateway = await startTestGateway({ url: broker.url, parkAfterTries: 1 });
  onTestFinished(() => gateway.close());
  gateway.retained.set(topic, '{"note":"poison"}');
  await until('the newest truth', () => JSON.stringify(consumer.latest(topic)) === '{"mode":"ready"}');
  expect(gateway.log.lines.map(({ event }) => event)).toContain('uplink.state-withheld');
});
