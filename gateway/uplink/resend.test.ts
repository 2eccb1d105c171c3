/** A centre that knows that it missed something asks for it, and need not wait until the gateway notices a late receipt. */
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { startCentralBroker } from '../../simulators/central/central-broker.ts';
import { startConsumer, type ConsumerOptions } from '../../simulators/central/consumer.ts';
import { until } from '../../simulators/kit/until.ts';
import { PLACE, startTestGateway } from './proving-ground.ts';

async function begin(receipts: ConsumerOptions['receipts'] = 'off') {
  const broker = await startCentralBroker();
  onTestFinished(() => broker.close());
  const judge = () => startConsumer({ url: broker.url, hall: PLACE.hall, receipts });
  const gateway = await startTestGateway({ url: broker.url, confirm: 'receipt', receiptTimeoutMs: 60_000 });
  onTestFinished(() => gateway.close());
  await until('the link is up', () => gateway.uplink.status().link === 'up');
  const troubles = () => gateway.log.lines.filter(({ event }) => event === 'uplink.trouble').map(({ facts }) => facts);
  return { broker, judge, gateway, troubles };
}

test('a hole that the centre asks for is filled at once', async () => {
  const { broker, judge, gateway, troubles } = await begin({ everyMs: 10 });
  const consumer = await judge();
  onTestFinished(() => consumer.close());
  let forgotten = 0;
  broker.faults.forget = (topic) => topic.includes('/event/') && (forgotten += 1) <= 3;
  await gateway.record(10);
  await until('all is safe', () => gateway.uplink.status().acked === 10);
  const verdict = consumer.verdict({ events: gateway.expected() });
  expect(verdict.gaps).toEqual([]);
  expect(verdict.repeats).toBe(7);
  expect(troubles()).toEqual([]);
});

test('a centre that comes after the events were published asks for them, and has them all', async () => {
  const { judge, gateway, troubles } = await begin({ everyMs: 10 });
  await gateway.record(500);
  await until('all is sent', () => gateway.uplink.status().sent === 500);
  const consumer = await judge();
  onTestFinished(() => consumer.close());
  await until('all is safe', () => gateway.uplink.status().acked === 500);
  expect(consumer.verdict({ events: gateway.expected() }).ok).toBe(true);
  expect(troubles()).toEqual([]);
});

test('however often the centre asks, nothing is sent again more often than once a second', async () => {
  const { broker, judge, gateway } = await begin();
  const consumer = await judge();
  onTestFinished(() => consumer.close());
  await gateway.record(10);
  await until('what came', () => consumer.events() === 10);
  const centre = await connectAsync(broker.url);
  onTestFinished(() => centre.endAsync(true));
  const receipt = JSON.stringify({ epoch: gateway.spool.epoch, through: 5, resend: true });
  for (let nth = 0; nth < 50; nth += 1) {
    await centre.publishAsync(`hall/v1/${PLACE.hall}/gateway/${PLACE.gateway}/receipt`, receipt, { qos: 1 });
  }
  await until('it came again', () => consumer.verdict().repeats >= 5);
  expect(gateway.uplink.status().sent).toBeLessThanOrEqual(10 + 5 * 2);
});
