// A kiosk with a printer and a hall board as its panel, through the whole gateway to the judge at the centre.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { drivers } from '../devices/index.ts';
import { startBoard } from '../simulators/board/board.ts';
import { startCentralBroker } from '../simulators/central/central-broker.ts';
import { startCommandSender } from '../simulators/central/command-sender.ts';
import { startConsumer } from '../simulators/central/consumer.ts';
import type { ReceivedEvent } from '../simulators/central/envelope-check.ts';
import { verdictText } from '../simulators/central/verdict-text.ts';
import type { LinePeer } from '../simulators/kit/line-peer.ts';
import { until } from '../simulators/kit/until.ts';
import { startTicketPrinter } from '../simulators/ticket-dispenser/printer.ts';
import { openGateway } from './compose.ts';
import { systemClock } from './kernel/clock.ts';
import { collectingLog } from './kernel/log.ts';
import { parseSettings } from './settings/read-settings.ts';

const SOCIAL = { code: 'SS01', name: '社保业务' };
const TAX = { code: 'SW01', name: '税务业务' };
const [SOCIAL_KEY, TAX_KEY, OPEN_LAMP] = [3, 5, 1];

/** Starts the parts of the kiosk, the centre that judges, and the gateway between them. */
async function stand() {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'kiosk-panel-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
  const centre = await startCentralBroker();
  onTestFinished(() => centre.close());
  const received: ReceivedEvent[] = [];
  const judge = await startConsumer({ url: centre.url, hall: 'north', onEvent: (event) => void received.push(event) });
  onTestFinished(() => judge.close());
  const sender = await startCommandSender({ url: centre.url, hall: 'north', clientId: 'centre' });
  onTestFinished(() => sender.close());
  const printer = await startTicketPrinter({ port: { type: 'tcp' } });
  onTestFinished(() => printer.close());
  const panel = await startBoard({ port: { type: 'tcp' }, profile: 'button-panel', serial: 'PANEL-1' });
  onTestFinished(() => panel.close());
  const read = parseSettings(hallYaml(dataDirectory, centre.url, printer.line, panel.line), { drivers, env: {} });
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes, null, 2));
  const { settings } = read;
  const open = async () => {
    const gateway = await openGateway({
      settings,
      version: 'test',
      clock: systemClock(),
      log: collectingLog(),
      env: {},
    });
    onTestFinished(() => gateway.close());
    return gateway;
  };
  const state = () => JSON.stringify(judge.latest('hall/v1/north/ticket-dispenser/kiosk-1/state') ?? {});
  return {
    ...{ judge, printer, panel, open },
    says: (what: string, words: string): Promise<unknown> => until(what, () => state().includes(words)),
    eventsOf: (type: string) => received.filter((event) => event.type === `hall.${type}.v1`).map(({ data }) => data),
    done: async (name: string, data: Record<string, unknown> = {}) => {
      const results = await sender.sendCommand('ticket-dispenser', 'kiosk-1', name, data);
      expect(results.at(-1), name).toMatchObject({ status: 'done' });
    },
    /** Numbers on the paper that came out, oldest first. */
    onPaper: (number: string) =>
      printer.tickets().filter(({ lines }) => lines.some((line) => line.kind === 'text' && line.text.includes(number))),
  };
}

function hallYaml(dataDirectory: string, centre: string, printer: LinePeer['line'], panel: LinePeer['line']): string {
  const keys = [
    { key: SOCIAL_KEY, ...SOCIAL },
    { key: TAX_KEY, ...TAX },
  ];
  return `
hall: { id: north, name: 北区政务大厅 }
gateway: { id: gw-1, dataDirectory: ${dataDirectory} }
uplink: { url: ${centre}, backoff: { firstMs: 50, maxMs: 200 } }
lines:
  printer: ${JSON.stringify(printer)}
  panel: ${JSON.stringify({ ...panel, connectTimeoutMs: 500 })}
devices:
  - id: kiosk-1
    kind: ticket-dispenser
    wire: escpos
    line: printer
    panel: { line: panel, keys: ${JSON.stringify(keys)} }
`;
}

test('a press on the board becomes a ticket on paper, each once at the centre', async () => {
  const { judge, panel, open, says, eventsOf, done, onPaper } = await stand();
  const gateway = await open();
  await says('the panel is there', '"buttons":"present"');
  await says('the kiosk is online', '"presence":"online"');

  panel.press(SOCIAL_KEY, { bounceMs: 5 });
  await until('the number is asked for', () => eventsOf('ticket.requested').length > 0);
  await done('print-ticket', { ticketNumber: 'A023', businessType: SOCIAL });
  await until('the ticket is reported', () => eventsOf('ticket.printed').length > 0);

  await gateway.close();
  panel.press(TAX_KEY, { bounceMs: 5 });
  await open();
  await until('the press of the meantime is there', () => eventsOf('ticket.requested').length > 1);
  await done('print-ticket', { ticketNumber: 'A023', businessType: SOCIAL });

  expect(eventsOf('ticket.requested')).toEqual([
    { businessType: SOCIAL, source: 'button' },
    { businessType: TAX, source: 'button' },
  ]);
  expect(eventsOf('ticket.printed')).toMatchObject([{ ticketNumber: 'A023', copy: 1 }]);
  expect(onPaper('A023')).toHaveLength(1);
  expect(judge.verdict().ok, verdictText(judge.verdict())).toBe(true);
});

test('while the line of the panel is out tickets are printed, and the presses come later, each once', async () => {
  const { judge, panel, open, says, eventsOf, done, onPaper } = await stand();
  await open();
  await says('the panel is there', '"buttons":"present"');

  await panel.pullCable();
  await says('the panel is gone', '"buttons":"absent"');
  for (const key of [TAX_KEY, SOCIAL_KEY, TAX_KEY]) {
    const known = panel.truth.edges.length + 2;
    panel.press(key, { bounceMs: 5 });
    await until('the key came to rest', () => panel.truth.edges.length >= known);
  }
  await done('print-ticket', { ticketNumber: 'B007', businessType: TAX });
  await says('the kiosk itself is online', '"presence":"online"');
  expect(onPaper('B007')).toHaveLength(1);
  expect(eventsOf('ticket.requested')).toEqual([]);

  await panel.plugIn();
  await until('what the board stored is there', () => eventsOf('ticket.requested').length >= 3);
  await says('the panel is back', '"buttons":"present"');
  panel.press(SOCIAL_KEY);
  await until('a later press is there', () => eventsOf('ticket.requested').length >= 4);
  expect(eventsOf('ticket.requested')).toMatchObject(
    [TAX, SOCIAL, TAX, SOCIAL].map((businessType) => ({ businessType, source: 'button' })),
  );
  await until('the ticket is reported', () => eventsOf('ticket.printed').length > 0);
  expect(judge.verdict().ok, verdictText(judge.verdict())).toBe(true);
});

test('the lamp of the panel says whether people may take tickets', async () => {
  const { panel, printer, open, done, says } = await stand();
  const gateway = await open();
  const lit = () => panel.lamps()[OPEN_LAMP] === true;
  await until('the kiosk is open', lit);
  await done('disable');
  await until('the kiosk is closed', () => !lit());
  await panel.pullCable();
  await says('the panel is gone', '"buttons":"absent"');
  await done('enable');
  await panel.plugIn();
  await until('the lamp follows by itself', lit);
  printer.feel({ paper: 'out' });
  await until('it blinks without paper', () => !lit());
  await until('it blinks without paper', lit);
  await gateway.close();
});
