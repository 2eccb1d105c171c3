/**
 * The printer of a kiosk and the hands at its paper. Paper that came out is a ticket that the gateway must report as printed:
 * certainly so when all was well and the gateway still was at the other end a moment later; otherwise it may have given up.
 */
import type { TicketPrinter } from '../../ticket-dispenser/printer.ts';
import type { Ticket } from '../../ticket-dispenser/printer-paper.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Ground, Hand, Happening } from '../stand-in.ts';
import { copyOf, numberOn, textOn } from './kiosk-paper.ts';

export const PRINTED = 'hall.ticket.printed.v1';
export const REPRINTED = 'hall.ticket.reprinted.v1';

export interface PrinterHands {
  hands: Readonly<Record<string, Hand>>;
  /** Tells what was still to be told. */
  close(): void;
}

type Feeling = Parameters<TicketPrinter['feel']>[0];

const STILL_THERE_MS = 300;
/** So long after a trouble, paper may be that of a ticket that the gateway has given up. */
const TROUBLE_SHADOW_MS = 20_000;

export function printerHands(entry: DeviceEntry, printer: TicketPrinter, { onHappening }: Ground): PrinterHands {
  let wellSinceMs = -Infinity;
  const waiting = new Map<Happening, NodeJS.Timeout>();
  const settle = (happening: Happening, certain: boolean) => {
    clearTimeout(waiting.get(happening));
    waiting.delete(happening);
    onHappening(certain ? happening : { ...happening, maybe: true });
  };
  const cameOut = (ticket: Ticket, atMs: number) => {
    const [number, copy] = [numberOn(ticket), copyOf(ticket)];
    const place = { device: entry.id, kind: entry.kind, atMs };
    const data = { copy, ...(number !== undefined && { ticketNumber: number }) };
    onHappening({ ...place, what: 'ticket.on-paper', data: { ...data, cut: ticket.cut, lines: textOn(ticket) } });
    if (ticket.cut === 'torn') return;
    const happening = { ...place, what: copy > 1 ? REPRINTED : PRINTED, data };
    const unclouded = printer.connected() && performance.now() - wellSinceMs > TROUBLE_SHADOW_MS;
    const later = () => {
      settle(happening, unclouded && printer.connected());
    };
    waiting.set(happening, setTimeout(later, STILL_THERE_MS));
  };
  printer.onTruth((entry) => {
    if (entry.kind === 'ticket') cameOut(entry.ticket, entry.atMs);
  });
  const hand = (en: string, zh: string, feeling: Feeling): Hand => ({
    summary: { en, zh },
    act() {
      if (feeling.paper !== 'near-end') wellSinceMs = performance.now();
      printer.feel(feeling);
    },
  });
  return {
    hands: {
      'tear-paper': hand('the paper is out', '缺纸', { paper: 'out' }),
      'paper-near-end': hand('the paper is nearly out', '纸将尽', { paper: 'near-end' }),
      refill: hand('a new roll of paper', '换纸', { paper: 'ok' }),
      'open-cover': hand('the cover is opened', '打开纸仓盖', { coverOpen: true }),
      'close-cover': hand('the cover is closed', '合上纸仓盖', { coverOpen: false }),
      jam: hand('the knife is jammed', '切刀卡住', { cutterJammed: true }),
      'clear-jam': hand('the knife moves again', '切刀恢复', { cutterJammed: false }),
    },
    close() {
      for (const happening of [...waiting.keys()]) settle(happening, false);
    },
  };
}
