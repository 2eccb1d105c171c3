// Telemetry that was sent, but not confirmed, when it had to make room: the centre hears of each event that it does not have.
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { startCentralBroker } from '../../simulators/central/central-broker.ts';
import { startConsumer } from '../../simulators/central/consumer.ts';
import { until } from '../../simulators/kit/until.ts';
import { evaluation, PLACE, startTestGateway } from './proving-ground.ts';

const SENT = 40;
const STORED_AT_THE_CENTRE = 25;
const EVENTS = 3_000;

test('a centre that has half of what was sent hears what became of the other half', async () => {
  const broker = await startCentralBroker();
  onTestFinished(() => broker.close());
  const consumer = await startConsumer({ url: broker.url, hall: PLACE.hall, receipts: 'off' });
  onTestFinished(() => consumer.close());
  let came = 0;
  broker.faults.forget = (topic) => topic.includes('/event/') && (came += 1) > STORED_AT_THE_CENTRE && came <= SENT;
  const patient = { confirm: 'receipt', receiptTimeoutMs: 60_000, receiptWindowRows: SENT };
  const gateway = await startTestGateway({ url: broker.url, ...patient }, { quotaBytes: 1_048_576 });
  onTestFinished(() => gateway.close());
  for (let n = 0; n < EVENTS; n += 10) {
    const drafts = Array.from({ length: 10 }, (_, index) => evaluation(n + index, { text: 'x'.repeat(1_000) }));
    await gateway.spool.append({ drafts: drafts.map((draft) => ({ ...draft, class: 'telemetry' as const })) });
  }
  await until('some are sent', () => gateway.uplink.status().sent === SENT);
  expect(gateway.spool.status().lost).toBeGreaterThan(SENT);

  const centre = await connectAsync(broker.url);
  onTestFinished(() => centre.endAsync(true));
  const say = (receipt: object) =>
    centre.publishAsync(
      `hall/v1/${PLACE.hall}/gateway/${PLACE.gateway}/receipt`,
      JSON.stringify({ epoch: gateway.spool.epoch, ...receipt }),
      { qos: 1 },
    );
  await say({ through: STORED_AT_THE_CENTRE, resend: true });
  await until(
    'every event is there or accounted for',
    () => consumer.events() + consumer.verdict().explained >= EVENTS,
  );
  expect(consumer.verdict()).toMatchObject({ gaps: [], conflicts: [] });
});
