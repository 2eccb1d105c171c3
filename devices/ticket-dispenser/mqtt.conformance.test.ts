// The driver of kiosks that speak MQTT keeps the promises of every driver, through the gateway's own broker.
import type { Kind } from '../../gateway/kernel/kind.ts';
import { startMqttKiosk } from '../../simulators/ticket-dispenser/mqtt-kiosk.ts';
import { until } from '../../simulators/kit/until.ts';
import { conformance, type Rig } from '../conformance.ts';
import type { RecordingHall } from '../recording-hall.ts';
import { cableOf, startDeviceBroker } from '../testing-mqtt.ts';
import { mqtt } from './mqtt.ts';

const BUSINESSES = ['SS01', 'YB02', 'HJ03'].map((code) => ({ code, name: `业务 ${code}` }));
const ACT_MS = 5_000;

async function makeRig(pluggedIn: boolean): Promise<Rig> {
  const broker = await startDeviceBroker('tcp');
  const kiosk = startMqttKiosk({ ...broker.login, heartbeatMs: 1_000, seed: 3 });
  if (!pluggedIn) kiosk.pullCable();
  let hall: RecordingHall<Kind> | undefined;
  let noisy = false;
  const makeNoise = () => {
    kiosk.link.say('ticket-requested', 'no JSON at all');
    kiosk.link.say('ticket-requested', { id: 'one-without-a-business' });
    kiosk.link.say('no-such-message', Buffer.from([0xff, 0x00]));
  };
  return {
    config: {},
    ...cableOf(kiosk),
    attach(seen) {
      hall = seen;
      broker.attach(seen);
    },
    async act(nth) {
      if (noisy) makeNoise();
      const id = kiosk.choose(BUSINESSES[nth % BUSINESSES.length] ?? { code: 'X', name: 'X' });
      if (hall?.hall.signal.aborted) return;
      await until('the kiosk has its receipt', () => kiosk.receiptOf(id), ACT_MS);
    },
    expected: () => kiosk.truth.map(({ said }) => ({ type: 'ticket.requested', data: said })),
    trouble(how) {
      broker.faults.split = how === 'one-byte-at-a-time' ? 'every-byte' : 'none';
      broker.faults.glueMs = how === 'glued' ? 30 : 0;
      noisy = how === 'noise';
    },
    commands: [
      {
        name: 'print-ticket',
        input: { ticketNumber: 'A023', businessType: BUSINESSES[0] },
        carriedOut: () => kiosk.paper.includes('A023'),
      },
      { name: 'reprint', input: { ticketNumber: 'A023' }, carriedOut: () => kiosk.paper.includes('A023 补打') },
      { name: 'disable', input: {}, carriedOut: () => !kiosk.screen.enabled },
      { name: 'enable', input: {}, carriedOut: () => kiosk.screen.enabled },
      {
        name: 'show-business',
        input: { businesses: [{ businessType: BUSINESSES[1], waitingCount: 12 }] },
        carriedOut: () => JSON.stringify([kiosk.screen.businesses]).includes('YB02'),
      },
    ],
    async close() {
      await kiosk.close();
      await broker.close();
    },
  };
}

conformance(mqtt, {
  makeRig: ({ pluggedIn }) => makeRig(pluggedIn),
  offlineWithinMs: 2_000,
  refused: [
    { config: { printSeconds: 120 }, path: 'printSeconds' },
    { config: { silentAfterSeconds: 'long' }, path: 'silentAfterSeconds' },
    { config: { line: 'kiosk-1' }, path: 'line' },
  ],
});
