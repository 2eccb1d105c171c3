/**
 * Kiosks of hall.yaml that are a panel of keys on a hall board, and perhaps a paper sensor.
 */
import type { ScriptedBoard } from '../../board/scripted-board.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Front, Ground, Hand, StandInMaker } from '../stand-in.ts';
import { boardPressHand } from './board-keys.ts';
import { refuseUnlessReady, standUpBoards, startScripted } from './hall-board.ts';
import { REQUESTED } from './kiosk-press.ts';

function panel(entry: DeviceEntry, board: ScriptedBoard, ground: Ground): Front {
  const hasSensor = entry['paperSensor'] === true;
  return {
    speaks: [REQUESTED],
    hands: { press: boardPressHand(entry, entry, board, ground), ...(hasSensor && paperHands(entry, board)) },
  };
}

export const ticketDispenserFirmata: StandInMaker = {
  kind: 'ticket-dispenser',
  wire: 'firmata',
  standUp: standUpBoards({ profile: 'button-panel', start: startScripted, use: panel }),
};

function paperHands({ id }: DeviceEntry, board: ScriptedBoard): Record<'tear-paper' | 'refill', Hand> {
  let present = true;
  const put = (there: boolean) => {
    if (present === there) return;
    refuseUnlessReady(id, board);
    present = there;
    board.paper(there);
  };
  return {
    'tear-paper': {
      summary: { en: 'the paper is out', zh: '缺纸' },
      act() {
        put(false);
      },
    },
    refill: {
      summary: { en: 'a new roll of paper', zh: '换纸' },
      act() {
        put(true);
      },
    },
  };
}
