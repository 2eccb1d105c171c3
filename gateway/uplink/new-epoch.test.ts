/**
 * A spool that is salvaged while the gateway runs counts its events afresh. Nothing that was true of the old count may
 * let go of a row of the new one, or keep it from the centre.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startCentralBroker, type CentralBroker } from '../../simulators/central/central-broker.ts';
import { startConsumer, type Consumer } from '../../simulators/central/consumer.ts';
import type { ReceivedEvent } from '../../simulators/central/envelope-check.ts';
import { until } from '../../simulators/kit/until.ts';
import { breakingDisk, type BreakingDisk } from '../spool/proving-ground.ts';
import { evaluation, PLACE, SOURCE, startTestGateway, type TestGateway } from './proving-ground.ts';

let broker: CentralBroker;
let consumer: Consumer;
let gateway: TestGateway;
let arrived: ReceivedEvent[];
let card: BreakingDisk;

beforeEach(async () => {
  broker = await startCentralBroker();
  arrived = [];
  card = breakingDisk();
});
afterEach(async () => {
  await gateway.close();
  await consumer.close();
  await broker.close();
});

const begin = async (settings: object = {}) => {
  const receipts = { everyMs: 10 };
  consumer = await startConsumer({
    ...{ url: broker.url, hall: PLACE.hall, receipts },
    onEvent: (event) => arrived.push(event),
  });
  gateway = await startTestGateway({ url: broker.url, ...settings }, { openEngine: card.openEngine });
};
/** Numbers of the evaluations that the centre has, in the order of their arrival. */
const numbers = () => arrived.filter(({ source }) => source === SOURCE).map(({ data }) => Number(data['n']));
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

it.each([{}, { confirm: 'receipt', receiptTimeoutMs: 300 }])(
  'brings what is recorded after the spool was salvaged (%j)',
  async (settings) => {
    await begin(settings);
    await gateway.record(40);
    await until('all confirmed', () => gateway.spool.status().confirmed === 40);
    const { epoch } = gateway.spool;
    card.breakOnce();
    await gateway.record(10);
    expect(gateway.spool.epoch).not.toBe(epoch);
    await until('fifty evaluations', () => numbers().length === 50);
    expect(numbers()).toEqual(upTo(50));
    await until('everything confirmed', () => gateway.spool.status().depth === 0);
    expect(gateway.uplink.status().acked).toBe(gateway.spool.status().head);
  },
);

it('lets no row of the new count go that the centre does not have', async () => {
  await begin();
  await gateway.record(40);
  await until('all confirmed', () => gateway.spool.status().confirmed === 40);
  broker.faults.refuse = 3;
  broker.kick('hall-demo-gw1');
  await until('the loss', () => gateway.uplink.status().link === 'down');
  card.breakOnce();
  await gateway.record(60);
  broker.faults.refuse = undefined;
  await until('a hundred evaluations', () => numbers().length >= 100);
  expect(numbers()).toEqual(upTo(100));
});

it('withholds no row of the new count for one that was set aside in the old', async () => {
  broker.faults.dieOf = (_topic, payload) => payload.includes('poison');
  await begin({ parkAfterTries: 1 });
  await gateway.spool.append({ drafts: [evaluation(0), evaluation(1, { note: 'poison' }), evaluation(2)] });
  await until('all confirmed', () => gateway.spool.status().confirmed === 3);
  expect(gateway.uplink.status().parked).toBe(1);
  card.breakOnce();
  await gateway.spool.append({ drafts: [evaluation(3), evaluation(4), evaluation(5), evaluation(6)] });
  await until('the rest', () => numbers().length === 6);
  expect(numbers()).toEqual([0, 2, 3, 4, 5, 6]);
});
