/**
 * People at the business buttons of a kiosk. A panel sends once and hears nothing back: a press is certain when the gateway
 * was at the other end of the cable and still is a moment later. On a serial port nobody can see who is there.
 */
import { z } from 'zod';
import { BUSINESSES } from '../day.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Ground, Hand } from '../stand-in.ts';
import type { ButtonPanelSimulator } from '../../ticket-dispenser/buttons.ts';

export const REQUESTED = 'hall.ticket.requested.v1';

const panelSchema = z.looseObject({
  codes: z.enum(['bytes', 'lines']).default('bytes'),
  repeatWindowMs: z.number().default(800),
  buttons: z.array(z.looseObject({ sends: z.coerce.string(), code: z.string(), name: z.string() })),
});
export type PanelEntry = z.output<typeof panelSchema>;

const STILL_THERE_MS = 200;
/** The gateway's clock may see two presses closer together than they were. */
const MARGIN_MS = 300;

/** @throws ZodError when the file does not say what the buttons send. */
export function panelOf({ buttons }: DeviceEntry): PanelEntry {
  return panelSchema.parse(buttons);
}

/** What each button sends, by the code of its business. */
export function bytesOfButtons({ codes, buttons }: PanelEntry): Record<string, Uint8Array> {
  return Object.fromEntries(
    buttons.map(({ sends, code }) => [
      code,
      codes === 'lines' ? Buffer.from(`${sends}\r\n`) : Buffer.from(sends, 'hex'),
    ]),
  );
}

export function pressHand(entry: DeviceEntry, panel: ButtonPanelSimulator, ground: Ground): Hand {
  const { repeatWindowMs, buttons } = panelOf(entry);
  const pressedMs = new Map<string, number>();
  /** Sooner, the same button is one press that bounces. */
  const letGo = async (code: string) => {
    const freeMs = (pressedMs.get(code) ?? -Infinity) + repeatWindowMs + MARGIN_MS;
    const now = performance.now();
    pressedMs.set(code, Math.max(now, freeMs));
    await sleep(freeMs - now);
  };
  return {
    summary: { en: 'somebody presses a business button', zh: '按业务按键' },
    input: { business: buttons[0]?.code ?? BUSINESSES[0]?.code ?? '' },
    async act({ business }) {
      const button = buttons.find(({ code }) => code === business);
      if (!button) throw new Error(`${entry.id} has no button for ${String(business)}`);
      const { code, name } = button;
      await letGo(code);
      const heard = panel.connected();
      const atMs = Date.now();
      const offered = ground.offers?.(entry.id, code) ?? true;
      await panel.press(code);
      if (!heard || !offered) return { outcome: heard ? 'not offered' : 'unheard' };
      await sleep(STILL_THERE_MS);
      const data = { businessType: { code, name }, source: 'button' };
      const happening = { device: entry.id, kind: entry.kind, atMs, what: REQUESTED, data };
      const certain = panel.line.type === 'tcp' && panel.connected();
      ground.onHappening(certain ? happening : { ...happening, maybe: true });
      return { outcome: 'pressed' };
    },
  };
}

function sleep(delayMs: number): Promise<void> {
  return delayMs > 0 ? new Promise((resolve) => setTimeout(resolve, delayMs)) : Promise.resolve();
}
