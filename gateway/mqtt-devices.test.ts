// A tablet over WebSocket and a kiosk over TCP, through the whole gateway to the judge at the centre, across a restart.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { drivers } from '../devices/index.ts';
import { startCentralBroker } from '../simulators/central/central-broker.ts';
import { startCommandSender } from '../simulators/central/command-sender.ts';
import { startConsumer } from '../simulators/central/consumer.ts';
import type { ReceivedEvent } from '../simulators/central/envelope-check.ts';
import { verdictText } from '../simulators/central/verdict-text.ts';
import { startTablet } from '../simulators/evaluator/tablet.ts';
import { until } from '../simulators/kit/until.ts';
import { startMqttKiosk } from '../simulators/ticket-dispenser/mqtt-kiosk.ts';
import { openGateway } from './compose.ts';
import { systemClock } from './kernel/clock.ts';
import { collectingLog } from './kernel/log.ts';
import { parseSettings } from './settings/read-settings.ts';
import { freePort } from './testing-gateway.ts';

const PASSWORDS = { TABLET: 'only-for-the-tablet', KIOSK: 'only-for-the-kiosk' };
const BUSINESS = { code: 'SS01', name: '社保业务' };

/** A hall with one tablet and one kiosk, and a centre that listens and commands. */
async function stand() {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'mqtt-devices-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
  const centre = await startCentralBroker();
  onTestFinished(() => centre.close());
  const received: ReceivedEvent[] = [];
  const judge = await startConsumer({ url: centre.url, hall: 'north', onEvent: (event) => void received.push(event) });
  onTestFinished(() => judge.close());
  const sender = await startCommandSender({ url: centre.url, hall: 'north', clientId: 'centre' });
  onTestFinished(() => sender.close());
  const port = await freePort();
  const websocket = await freePort();
  const settings = parseSettings(hallYaml(dataDirectory, centre.url, port, websocket), { drivers, env: PASSWORDS });
  if (!settings.ok) throw new Error(JSON.stringify(settings.mistakes, null, 2));
  const open = async () => {
    const options = {
      settings: settings.settings,
      version: 'test',
      clock: systemClock(),
      log: collectingLog(),
      env: {},
    };
    const gateway = await openGateway(options);
    onTestFinished(() => gateway.close());
    return gateway;
  };
  const gateway = await open();
  const tablet = startTablet({
    url: `ws://127.0.0.1:${websocket}`,
    username: 'tablet',
    password: PASSWORDS.TABLET,
    device: 'evaluator-1',
    window: '1',
  });
  onTestFinished(() => tablet.close());
  const kiosk = startMqttKiosk({
    url: `mqtt://127.0.0.1:${port}`,
    username: 'kiosk',
    password: PASSWORDS.KIOSK,
    device: 'kiosk-1',
  });
  onTestFinished(() => kiosk.close());
  return { judge, sender, received, gateway, open, tablet, kiosk };
}

function hallYaml(dataDirectory: string, centre: string, port: number, websocket: number): string {
  return `
hall: { id: north, name: 北区政务大厅 }
gateway: { id: gw-1, dataDirectory: ${dataDirectory} }
broker:
  listen: 127.0.0.1:${port}
  websocket: 127.0.0.1:${websocket}
  accounts:
    - { user: tablet, role: device, device: evaluator-1, password: { env: TABLET } }
    - { user: kiosk, role: device, device: kiosk-1, password: { env: KIOSK } }
uplink: { url: ${centre}, backoff: { firstMs: 50, maxMs: 200 } }
devices:
  - { id: evaluator-1, kind: evaluator, wire: mqtt, window: 1 }
  - { id: kiosk-1, kind: ticket-dispenser, wire: mqtt }
`;
}

test('brings a ticket and a mark to the centre, each once, through lost acknowledgements and a restart', async () => {
  const { judge, sender, received, gateway, open, tablet, kiosk } = await stand();
  const online = (kind: string, device: string) =>
    until(`${device} is online`, () =>
      JSON.stringify(judge.latest(`hall/v1/north/${kind}/${device}/state`) ?? {}).includes('"presence":"online"'),
    );
  const done = async (kind: string, device: string, name: string, data: Record<string, unknown>) => {
    const results = await sender.sendCommand(kind, device, name, data);
    expect(results.at(-1)).toMatchObject({ status: 'done' });
  };
  await online('evaluator', 'evaluator-1');
  await online('ticket-dispenser', 'kiosk-1');

  kiosk.link.losePubacks(2);
  const asked = kiosk.choose(BUSINESS);
  await until('the request got through at last', () => kiosk.receiptOf(asked)?.result === 'repeated');
  await until('the kiosk may forget it', () => kiosk.link.queued() === 0);
  await online('ticket-dispenser', 'kiosk-1');
  await done('ticket-dispenser', 'kiosk-1', 'print-ticket', { ticketNumber: 'A023', businessType: BUSINESS });
  await done('evaluator', 'evaluator-1', 'start-evaluation', { ticketNumber: 'A023', visitId: 'v-1' });
  await gateway.close();
  tablet.answer(2, { reasons: ['办理时间过长'] });
  await open();

  await until('the tablet may forget it', () => tablet.link.queued() === 0 && kiosk.link.queued() === 0);
  const wanted = ['ticket.requested', 'ticket.printed', 'evaluation.requested', 'evaluation.submitted'];
  const types = () => received.map(({ type }) => type).filter((type) => /ticket|evaluation/.test(type));
  await until('all are with the centre', () => types().length >= wanted.length);
  const verdict = judge.verdict();
  expect(verdict.ok, verdictText(verdict)).toBe(true);
  expect(types()).toEqual(wanted.map((type) => `hall.${type}.v1`));
});
