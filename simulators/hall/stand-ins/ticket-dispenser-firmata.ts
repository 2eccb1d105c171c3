/**
 * Kiosks of hall.yaml that are a panel of keys on a hall board. The board stores a press before it says so: while the kiosk is
 * open, every stored press becomes a request, whether the gateway listens just then or not.
 */
import { z } from 'zod';
import type { TrueEdge } from '../../board/edge-truth.ts';
import type { ScriptedBoard } from '../../board/scripted-board.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Ground, Hand, StandIn, StandInMaker } from '../stand-in.ts';
import { fingerAt, refuseUnlessReady, standUpBoards, startScripted } from './hall-board.ts';
import { REQUESTED } from './kiosk-press.ts';

const panelSchema = z.looseObject({
  keys: z.array(z.looseObject({ key: z.number(), code: z.string(), name: z.string() })).min(1),
  paperSensor: z.boolean().default(false),
});

function panel(entry: DeviceEntry, board: ScriptedBoard, ground: Ground): Pick<StandIn, 'speaks' | 'hands'> {
  const { paperSensor } = panelSchema.parse(entry);
  return {
    speaks: [REQUESTED],
    hands: { press: pressHand(entry, board, ground), ...(paperSensor && paperHands(entry, board)) },
  };
}

export const ticketDispenserFirmata: StandInMaker = {
  kind: 'ticket-dispenser',
  wire: 'firmata',
  standUp: standUpBoards({ profile: 'button-panel', start: startScripted, use: panel }),
};

function pressHand(entry: DeviceEntry, board: ScriptedBoard, ground: Ground): Hand {
  const { keys } = panelSchema.parse(entry);
  const press = fingerAt(entry, board);
  return {
    summary: { en: 'somebody presses a business button', zh: '按业务按键' },
    input: { business: keys[0]?.code ?? '' },
    async act({ business }) {
      const found = keys.find(({ code }) => code === business);
      if (!found) throw new Error(`${entry.id} has no button for ${String(business)}`);
      const { key, code, name } = found;
      const data = { businessType: { code, name }, source: 'button' };
      await press(key, ({ certain }: TrueEdge) => {
        const happening = { device: entry.id, kind: entry.kind, atMs: Date.now(), what: REQUESTED, data };
        // Closed now: it becomes a request if the kiosk is open again before the gateway takes it.
        const offered = ground.offers?.(entry.id, code) ?? true;
        ground.onHappening(certain && offered ? happening : { ...happening, maybe: true });
      });
      return { outcome: 'stored' };
    },
  };
}

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
