/**
 * What a kiosk says, below `device/{id}/up/` (hello, heartbeat, goodbye and answer are those of every device that speaks MQTT
 * itself), and what it is told below `device/{id}/down/`:
 *
 *   up/status            printer, paper, cover ...      down/print-ticket   content of a ticket
 *   up/ticket-requested  a person chose a business      down/reprint        number of a ticket
 *   up/ticket-printed    the original is on paper       down/enable, down/disable, down/show-business
 *   up/ticket-reprinted  another copy, marked 补打       down/state          retained: enabled, businesses
 *   up/print-failed      it is not, or nobody knows     down/receipt        what became of a message
 *   up/card-read         an ID card, masked or hashed
 */
import { z } from 'zod';
import { messageId } from '../../firmware-bridge/mqtt-device/message.ts';
import { ticketDispenser } from './kind.ts';

const { events, state } = ticketDispenser;

/** What every happening carries beside its data. */
const happening = {
  id: messageId,
  at: z.iso.datetime({ offset: true }).optional().describe("when, by the kiosk's own clock; absent: now"),
};

export const statusSchema = z.object(partsOf(state.shape));

export const ticketRequestedSchema = z.object({ ...happening, ...events['ticket.requested'].data.shape });
export const cardReadSchema = z.object({ ...happening, ...events['card.read'].data.shape });
export const printFailedSchema = z.object({ ...happening, ...events['ticket.print-failed'].data.shape });
export const ticketPrintedSchema = z.object({
  ...happening,
  ...events['ticket.printed'].data.shape,
  copy: z.literal(1).default(1),
});
export const ticketReprintedSchema = z.object({
  ...happening,
  ...events['ticket.reprinted'].data.shape,
  copy: z.int().min(2).max(99),
});

/** `data` of the answers to print-ticket and reprint. */
export const printAnswerSchema = z.object({
  printed: z.enum(['now', 'before']).default('now').describe('before: this number of this day was on paper already'),
});
export const reprintAnswerSchema = z.object({
  issuedAt: z.iso.datetime({ offset: true }),
  copy: z.int().min(2).max(99),
});

function partsOf({ printer, paper, cover, cutter, reader, buttons }: typeof state.shape) {
  return {
    printer: z.exactOptional(printer),
    paper: z.exactOptional(paper),
    cover: z.exactOptional(cover),
    cutter: z.exactOptional(cutter),
    reader,
    buttons,
  };
}
