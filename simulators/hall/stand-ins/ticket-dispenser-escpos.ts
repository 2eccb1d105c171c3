/**
 * Kiosks of hall.yaml with an ESC/POS printer, and beside it an ID-card reader and a panel on cables of their own: one
 * of plain buttons, or a hall board.
 */
import { startScriptedBoard, type ScriptedBoard } from '../../board/scripted-board.ts';
import { startButtonPanel, type ButtonPanelSimulator } from '../../ticket-dispenser/buttons.ts';
import { startCardReader, type CardReaderSimulator } from '../../ticket-dispenser/card-reader.ts';
import { startTicketPrinter, type TicketPrinter } from '../../ticket-dispenser/printer.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Ground, Hand, StandIn, StandInMaker } from '../stand-in.ts';
import { boardPressHand } from './board-keys.ts';
import { newBoard, portOn } from './hall-board.ts';
import { CARD_READ, cardHand } from './kiosk-card.ts';
import { pictureOf } from './kiosk-paper.ts';
import { bytesOfButtons, panelOf, pressHand, REQUESTED } from './kiosk-press.ts';
import { PRINTED, printerHands, REPRINTED, type PrinterHands } from './kiosk-printer.ts';

interface Kiosk {
  entry: DeviceEntry;
  printer: TicketPrinter;
  hands: PrinterHands;
  reader: CardReaderSimulator | undefined;
  buttons: ButtonPanelSimulator | undefined;
  board: ScriptedBoard | undefined;
}

/** What hangs on a cable of its own. */
type Part = TicketPrinter | CardReaderSimulator | ButtonPanelSimulator | ScriptedBoard;

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
  const { cardReader, panel } = entry;
  const portOf = (part: object) => portOn(entry, ground, part);
  const printer = await startTicketPrinter({ port: portOf(entry), seed: seed() });
  const reader = isPart(cardReader) ? await startCardReader({ port: portOf(cardReader), seed: seed() }) : undefined;
  const buttons = isPart(entry['buttons'])
    ? await startButtonPanel({ port: portOf(entry['buttons']), buttons: bytesOfButtons(panelOf(entry)), seed: seed() })
    : undefined;
  const board = isPart(panel) ? await startScriptedBoard({ port: portOf(panel), ...newBoard(ground) }) : undefined;
  return { entry, printer, reader, buttons, board, hands: printerHands(entry, printer, ground) };
}

function isPart(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function partsOf({ printer, reader, buttons, board }: Kiosk): Part[] {
  return [printer, reader, buttons, board].filter((part) => part !== undefined);
}

function standIn(kiosk: Kiosk, ground: Ground): StandIn {
  const { entry, printer, reader, buttons, board, hands } = kiosk;
  const { panel } = entry;
  const all: Record<string, Hand> = {
    ...hands.hands,
    ...(buttons && { press: pressHand(entry, buttons, ground) }),
    ...(board && isPart(panel) && { press: boardPressHand(entry, panel, board, ground) }),
    ...(reader && { card: cardHand(entry, reader, ground) }),
  };
  const paper = entry['cut'] === 'none' ? [] : [PRINTED, REPRINTED];
  return {
    entry,
    speaks: [...paper, ...((buttons ?? board) ? [REQUESTED] : []), ...(reader ? [CARD_READ] : [])],
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
