/**
 * People at the keys of a hall board that is the panel of a kiosk, alone or beside its printer. The board stores a press before it
 * says so: while the kiosk is open, every stored press becomes a request, whether the gateway listens just then or not.
 */
import { z } from 'zod';
import type { DeviceEntry } from '../hall-file.ts';
import type { Ground, Hand } from '../stand-in.ts';
import { fingerAt, type TouchedBoard } from './hall-board.ts';
import { REQUESTED } from './kiosk-press.ts';

const keysSchema = z.looseObject({
  keys: z.array(z.looseObject({ key: z.number(), code: z.string(), name: z.string() })).min(1),
});

/** @throws ZodError when `panel` does not say which key is which business. */
export function boardPressHand(entry: DeviceEntry, panel: object, board: TouchedBoard, ground: Ground): Hand {
  const { keys } = keysSchema.parse(panel);
  const press = fingerAt(entry, board);
  return {
    summary: { en: 'somebody presses a business button', zh: '按业务按键' },
    input: { business: keys[0]?.code ?? '' },
    async act({ business }) {
      const found = keys.find(({ code }) => code === business);
      if (!found) throw new Error(`${entry.id} has no button for ${String(business)}`);
      const { key, code, name } = found;
      const data = { businessType: { code, name }, source: 'button' };
      await press(key, ({ certain }) => {
        const happening = { device: entry.id, kind: entry.kind, atMs: Date.now(), what: REQUESTED, data };
        // Closed now: it becomes a request if the kiosk is open again before the gateway takes it.
        const offered = ground.offers?.(entry.id, code) ?? true;
        ground.onHappening(certain && offered ? happening : { ...happening, maybe: true });
      });
      return { outcome: 'stored' };
    },
  };
}
