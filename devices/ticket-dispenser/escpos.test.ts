// Kiosks with an ESC/POS printer keep the promises of every driver, on TCP and on a serial port.
import { describe } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { startButtonPanel } from '../../simulators/ticket-dispenser/buttons.ts';
import { startTicketPrinter, type TicketPrinter } from '../../simulators/ticket-dispenser/printer.ts';
import { conformance, type Rig } from '../conformance.ts';
import { escpos } from './escpos.ts';
import { textsOf } from '../testing-printer.ts';

const SOCIAL = { code: 'SS01', name: '社保业务' };
/** What the panel sends for each business. */
const BUSINESSES = new Map([
  ['a1', SOCIAL],
  ['a2', { code: 'GS01', name: '工商业务' }],
  ['a3', { code: 'SW01', name: '税务业务' }],
]);
const CODES = [...BUSINESSES.keys()];

const printed = (printer: TicketPrinter, ...texts: string[]) =>
  printer.tickets().some((ticket) => texts.every((text) => textsOf(ticket).some((line) => line.includes(text))));

/** A person presses buttons: the one thing that happens at a kiosk without the queue system. */
async function makeRig(type: 'tcp' | 'pty', pluggedIn: boolean): Promise<Rig> {
  const printer = await startTicketPrinter({ port: { type }, seed: 5 });
  const panel = await startButtonPanel({
    port: { type: 'tcp' },
    buttons: Object.fromEntries(CODES.map((code) => [code, Buffer.from(code, 'hex')])),
  });
  if (!pluggedIn) await printer.pullCable();
  const pressed: string[] = [];
  let noisy = false;
  return {
    config: {
      line: 'printer',
      statusSeconds: 1,
      statusTimeoutMs: 500,
      buttons: {
        line: 'panel',
        repeatWindowMs: 0,
        buttons: CODES.map((sends) => ({ sends, ...BUSINESSES.get(sends) })),
      },
    },
    lines: { printer: lineSettingsSchema.parse(printer.line), panel: lineSettingsSchema.parse(panel.line) },
    plugIn: () => printer.plugIn(),
    pullCable: () => printer.pullCable(),
    async act(nth) {
      if (noisy) printer.noise(9);
      const code = CODES[nth % CODES.length] ?? 'a1';
      pressed.push(code);
      await panel.press(code);
    },
    expected: () =>
      pressed.map((code) => ({
        type: 'ticket.requested',
        data: { businessType: BUSINESSES.get(code), source: 'button' },
      })),
    trouble(how) {
      for (const { faults } of [printer, panel]) {
        faults.split = how === 'one-byte-at-a-time' ? 'every-byte' : 'none';
        faults.glueMs = how === 'glued' ? 30 : 0;
      }
      noisy = how === 'noise';
    },
    // The first three change the kiosk, not the printer: what they do is seen in escpos-printing.test.ts.
    commands: [
      { name: 'disable', input: {}, carriedOut: () => true },
      { name: 'enable', input: {}, carriedOut: () => true },
      {
        name: 'show-business',
        input: { businesses: [{ businessType: SOCIAL, waitingCount: 3 }] },
        carriedOut: () => true,
      },
      {
        name: 'print-ticket',
        input: { ticketNumber: 'A023', businessType: SOCIAL, waitingCount: 12 },
        carriedOut: () => printed(printer, 'A023', '社保业务', '12'),
      },
      { name: 'reprint', input: { ticketNumber: 'A023' }, carriedOut: () => printed(printer, '补打', 'A023') },
    ],
    async close() {
      await Promise.all([printer.close(), panel.close()]);
    },
  };
}

describe.each(['tcp', 'pty'] as const)('a printer that is reached by %s', (type) => {
  conformance(escpos, {
    makeRig: ({ pluggedIn }) => makeRig(type, pluggedIn),
    offlineWithinMs: 2_000,
    refused: [
      { config: { line: 'Kiosk 1' }, path: 'line' },
      { config: { line: 'a', charset: 'utf-8' }, path: 'charset' },
      { config: { line: 'a', confirm: 'none' }, path: 'confirm' },
      { config: { line: 'a', ticket: [] }, path: 'ticket' },
      { config: { line: 'a', ticket: [{ text: '{number}' }] }, path: 'ticket.0.text' },
      { config: { line: 'a', ticket: [{ text: 'A{ticketNumber' }] }, path: 'ticket.0.text' },
      { config: { line: 'a', ticket: [{ feed: 1 }, { qr: '{url}' }] }, path: 'ticket.1.qr' },
      { config: { line: 'a', ticket: [{ feed: 1 }, { text: 'a', feed: 2 }] }, path: 'ticket.1' },
      { config: { line: 'a', ticket: [{ text: 'a', size: 'gigantic' }] }, path: 'ticket.0.size' },
      { config: { line: 'a', colour: 'red' }, path: 'colour' },
    ],
  });
});
