/**
 * Kiosks of hall.yaml with an ESC/POS printer, and beside it an ID-card reader and a panel of buttons on cables of their own.
 */
import type { LinePort } from '../../kit/line-peer.ts';
import { startButtonPanel, type ButtonPanelSimulator } from '../../ticket-dispenser/buttons.ts';
import { startCardReader, type CardReaderSimulator } from '../../ticket-dispenser/card-reader.ts';
import { startTicketPrinter, type TicketPrinter } from '../../ticket-dispenser/printer.ts';
import { lineOf, type DeviceEntry } from '../hall-file.ts';
import type { Ground, Hand, StandIn, StandInMaker } from '../stand-in.ts';
import { CARD_READ, cardHand } from './kiosk-card.ts';
import { pictureOf } from './kiosk-paper.ts';
import { bytesOfButtons, panelOf, pressHand, REQUESTED } from './kiosk-press.ts';
import { PRINTED, printerHands, REPRINTED, type PrinterHands } from './kiosk-printer.ts';

interface Kiosk {
  entry: DeviceEntry;
  printer: TicketPrinter;
  hands: PrinterHands;
  reader: CardReaderSimulator | undefined;
  panel: ButtonPanelSimulator | undefined;
}

export const ticketDispenserEscpos: StandInMaker = {
  kind: 'ticket-dispenser',
  wire: 'escpos',
  async standUp(entries, ground) {
    const kiosks = await Promise.all(entries.map((entry) => startFor(entry, ground)));
    const close = async () => {
      for (const { hands } of kiosks) hands.close();
      await Promise.all(kiosks.flatMap(partsOf).map((part) => part.close()));
    };
    return { close, devices: kiosks.map((kiosk) => standIn(kiosk, ground)) };
  },
};

async function startFor(entry: DeviceEntry, ground: Ground): Promise<Kiosk> {
  const seed = () => ground.random.int(1, 2 ** 31);
  const { cardReader, buttons } = entry;
  const portOf = (part: object) => portOn(entry, part, ground);
  const printer = await startTicketPrinter({ port: portOf(entry), seed: seed() });
  const reader = isPart(cardReader) ? await startCardReader({ port: portOf(cardReader), seed: seed() }) : undefined;
  const panel = isPart(buttons)
    ? await startButtonPanel({ port: portOf(buttons), buttons: bytesOfButtons(panelOf(entry)), seed: seed() })
    : undefined;
  return { entry, printer, reader, panel, hands: printerHands(entry, printer, ground) };
}

function isPart(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The port at the other end of the line that a part of the kiosk names. */
function portOn(entry: DeviceEntry, part: object, { file }: Ground): LinePort {
  const { line } = lineOf(file, { ...entry, ...part });
  return line.type === 'serial' ? { type: 'pty', path: line.path } : { type: 'tcp', host: line.host, port: line.port };
}

function partsOf({ printer, reader, panel }: Kiosk): (TicketPrinter | CardReaderSimulator | ButtonPanelSimulator)[] {
  return [printer, ...(reader ? [reader] : []), ...(panel ? [panel] : [])];
}

function standIn(kiosk: Kiosk, ground: Ground): StandIn {
  const { entry, printer, reader, panel, hands } = kiosk;
  const all: Record<string, Hand> = {
    ...hands.hands,
    ...(panel && { press: pressHand(entry, panel, ground) }),
    ...(reader && { card: cardHand(entry, reader, ground) }),
  };
  const paper = entry['cut'] === 'none' ? [] : [PRINTED, REPRINTED];
  return {
    entry,
    speaks: [...paper, ...(panel ? [REQUESTED] : []), ...(reader ? [CARD_READ] : [])],
    hands: all,
    async pullCable() {
      await Promise.all(partsOf(kiosk).map((part) => part.pullCable()));
    },
    async plugIn() {
      await Promise.all(partsOf(kiosk).map((part) => part.plugIn()));
    },
    picture() {
      const last = printer.tickets().at(-1);
      return last && pictureOf(last);
    },
  };
}
