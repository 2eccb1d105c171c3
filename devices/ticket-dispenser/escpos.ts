/**
 * Kiosks with an ESC/POS printer (取号机), on a serial port or TCP 9100 (what is sent: `escpos-commands.ts`; what comes back:
 * `escpos-answers.ts`; from a command to paper: `escpos-printing.ts`).
 *
 * Promises: a number is durable before its first byte leaves; a ticket is `printed` only when the printer proved it; the same
 * number is never printed twice without 补打; after a power cut the open job is reported, never silently repeated.
 */
import { defineDriver, type CommandHandlers, type Hall } from '../../gateway/kernel/driver.ts';
import { escposConfig, type EscposConfig } from './escpos-settings.ts';
import { openPrinter } from './escpos-printer.ts';
import { printing, type Printing } from './escpos-printing.ts';
import type { Condition } from './escpos-status.ts';
import { openKiosk, type Kiosk } from './kiosk.ts';
import { runKioskInputs } from './kiosk-inputs.ts';
import { ticketDispenser, type TicketDispenser } from './kind.ts';

export const escpos = defineDriver({
  kind: ticketDispenser,
  wire: 'escpos',
  config: escposConfig,
  example: { line: 'kiosk-1', hallName: '示例政务服务大厅' },
  address: ({ line }) => line,
  commands: ['print-ticket', 'reprint', 'enable', 'disable', 'show-business'],
  run,
});

async function run(config: EscposConfig, hall: Hall<TicketDispenser>): Promise<void> {
  const kiosk = await openKiosk(hall);
  const jobs = printing(config, hall, { session: () => printer.session() }, kiosk);
  if (hall.signal.aborted) return;
  const recovered = jobs.recover().catch((thrown: unknown) => {
    if (!hall.signal.aborted) throw thrown;
  });
  const printer = openPrinter(config, hall, (condition) => kiosk.show(shown(condition)));
  hall.serve(commands(jobs, kiosk));
  await Promise.all([recovered, printer.ended, runKioskInputs(config, hall, kiosk)]);
}

function shown({ offline, cover, paper, cutter }: Readonly<Condition>) {
  return {
    ...(offline !== undefined && { printer: offline ? ('offline' as const) : ('online' as const) }),
    ...(cover && { cover }),
    ...(paper && { paper }),
    ...(cutter && { cutter }),
  };
}

function commands(jobs: Printing, kiosk: Kiosk): CommandHandlers<TicketDispenser> {
  return {
    async 'print-ticket'(content, signal) {
      const { ticket, printed } = await jobs.printTicket(content, signal);
      return { ticketNumber: ticket.ticketNumber, issuedAt: ticket.issuedAt, printed };
    },
    async reprint({ ticketNumber }, signal) {
      const { ticket, copy } = await jobs.reprint(ticketNumber, signal);
      return { ticketNumber, issuedAt: ticket.issuedAt, copy };
    },
    async enable() {
      await kiosk.remember({ enabled: true });
      return {};
    },
    async disable() {
      await kiosk.remember({ enabled: false });
      return {};
    },
    async 'show-business'({ businesses }) {
      await kiosk.remember({ businesses });
      return {};
    },
  };
}
