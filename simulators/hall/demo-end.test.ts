// The end of the demo: what the last moments leave open is held in doubt, not against the gateway.
import { expect, test } from 'vitest';
import { startConsumer } from '../central/consumer.ts';
import { startCentralBroker } from '../central/central-broker.ts';
import { demoBook } from './demo-book.ts';
import { takeDown } from './demo-end.ts';
import type { Happening } from './stand-in.ts';
import { openTruth } from './truth.ts';

const ENDED: Happening = {
  ...{ device: 'camera-01', kind: 'camera', atMs: 0, what: 'hall.camera.motion.v1' },
  ...{ data: { phase: 'ended' }, maybe: true },
};
const ARRIVED = {
  ...{ id: '', source: '/halls/demo/gateways/gw-1/camera/camera-01', type: ENDED.what, data: ENDED.data },
  ...{ time: '', recordedtime: new Date(0).toISOString(), clock: 'synced', sequence: 1, epoch: '' },
};

test('what a camera had not settled yet when the gateway told its end is no invention', async () => {
  const book = demoBook(await openTruth(), new Map([['camera-01', [ENDED.what]]]), 0);
  const centre = await startCentralBroker({ port: 0 });
  const consumer = await startConsumer({ url: centre.url, hall: 'demo' });
  const gateway = {
    failed: false,
    stop() {
      book.arrived(ARRIVED);
      return Promise.resolve(0);
    },
  };
  const close = async () => {
    book.happened(ENDED);
    await consumer.close();
    await centre.close();
  };
  const { ok, truth } = await takeDown({ book, gateway, consumer, close });
  expect(truth).toMatchObject({ extra: [], arrived: 1 });
  expect(ok).toBe(true);
});
