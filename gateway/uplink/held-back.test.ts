/** A box that starts in 1970 with its link up: the centre hears of nothing before it can be told when it happened. */
import { expect, it } from 'vitest';
import { startCentralBroker } from '../../simulators/central/central-broker.ts';
import { startConsumer } from '../../simulators/central/consumer.ts';
import type { ReceivedEvent } from '../../simulators/central/envelope-check.ts';
import { until } from '../../simulators/kit/until.ts';
import { handClock } from '../spool/proving-ground.ts';
import { PLACE, startTestGateway } from './proving-ground.ts';

it('sends an event of 1970 once, with the right time, after the clock was set', async () => {
  const broker = await startCentralBroker();
  const arrived: ReceivedEvent[] = [];
  const consumer = await startConsumer({
    ...{ url: broker.url, hall: PLACE.hall },
    onEvent: (event) => arrived.push(event),
  });
  const clock = handClock(60_000);
  clock.right = false;
  const gateway = await startTestGateway({ url: broker.url }, { clock });
  await until('the link', () => gateway.uplink.status().link === 'up');
  await gateway.record(3);
  clock.wallMs = Date.UTC(2026, 5, 1, 8);
  clock.right = true;
  await gateway.record(2);
  await until('all five', () => arrived.length === 5);
  expect(arrived.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  for (const { time } of arrived) expect(time).toMatch(/^2026-06-01T08:/);
  expect(new Set(arrived.map(({ clock: source }) => source))).toEqual(new Set(['synced']));
  expect(consumer.verdict().repeats).toBe(0);
  await gateway.close();
  await consumer.close();
  await broker.close();
});
