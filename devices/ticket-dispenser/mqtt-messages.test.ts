// The page for the makers of kiosks shows messages that the gateway really takes.
import { expect, onTestFinished, test } from 'vitest';
import { recordingHall } from '../recording-hall.ts';
import { documentedMessages } from '../testing-documents.ts';
import { ticketDispenser } from './kind.ts';
import { mqtt } from './mqtt.ts';

const spoken = documentedMessages('ticket-dispenser.md').filter(({ topic }) => topic.startsWith('up/'));

test('docs/devices/ticket-dispenser.md shows an example of every message that a kiosk says', () => {
  const names = ['card-read', 'print-failed', 'status', 'ticket-printed', 'ticket-reprinted', 'ticket-requested'];
  expect(spoken.map(({ topic }) => topic).sort()).toEqual(names.map((name) => `up/${name}`));
});

test.each(spoken)('$topic is taken as it is shown, once, and refused without its fields', async ({ topic, text }) => {
  const seen = recordingHall(ticketDispenser);
  const ended = mqtt.run(mqtt.config.parse({}), seen.hall);
  onTestFinished(async () => {
    seen.stop();
    await ended;
  });
  await seen.until('the driver listens', () => seen.said.some(({ rest }) => rest === 'down/who'));
  const results = () => seen.said.filter(({ rest }) => rest === 'down/receipt').map(({ payload }) => payload);
  await seen.deliver(topic, Buffer.from(text));
  await seen.deliver(topic, Buffer.from(text));
  const isStatus = topic === 'up/status';
  expect(seen.store.occurrences).toHaveLength(isStatus ? 0 : 1);
  expect(results()).toMatchObject(isStatus ? [] : [{ result: 'recorded' }, { result: 'repeated' }]);
  await seen.deliver(topic, Buffer.from(JSON.stringify({ v: 1, id: 'only-an-identity', paper: 'wet' })));
  expect(results().at(-1)).toMatchObject({ result: 'refused', code: 'mqtt-device.message-invalid' });
});
