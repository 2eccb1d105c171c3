/**
 * Devices of the simulated hall as its API shows them, and what can be done with one.
 */
import { Refusal } from './api-guard.ts';
import type { Cables } from './cables.ts';
import { picturePng } from './picture-png.ts';
import { pictureText } from './picture-text.ts';
import type { Hand, StandIn } from './stand-in.ts';

export interface DeviceView {
  id: string;
  kind: string;
  wire: string;
  name?: string;
  window?: string;
  cable: 'in' | 'out';
  /** Hands whose trouble stands: `power-off`, `tear-paper`. */
  troubles: readonly string[];
  /** It can be looked at; whether there is something to see now, `picture.txt` says. */
  picture: boolean;
  hands: Record<string, Pick<Hand, 'summary' | 'input'>>;
}

export function deviceView(device: StandIn, cables: Cables): DeviceView {
  const { entry, hands } = device;
  const { id, kind, wire, name, window } = entry;
  return {
    ...{ id, kind, wire, cable: cables.isOut(id) ? 'out' : 'in', troubles: cables.troublesOf(id) },
    picture: 'picture' in device,
    ...(name !== undefined && { name }),
    ...(window !== undefined && { window }),
    hands: Object.fromEntries(
      Object.entries(hands).map(([hand, { summary, input }]) => [hand, { summary, ...(input && { input }) }]),
    ),
  };
}

/** @throws Refusal 404. */
export function deviceOf({ devices }: Cables, id: string): StandIn {
  const found = devices.find(({ entry }) => entry.id === id);
  if (!found) throw new Refusal(404, `no device "${id}" in this hall`, 'GET /devices lists them');
  return found;
}

/**
 * Does what a person would do; resolves with what came of it.
 *
 * @throws Refusal 404 for a hand that the device lacks, 400 for an input that it does not take, 409 when it cannot be done now.
 */
export async function useHand(device: StandIn, name: string, input: Record<string, unknown>): Promise<unknown> {
  const hand = Object.hasOwn(device.hands, name) ? device.hands[name] : undefined;
  const names = Object.keys(device.hands).join(', ');
  if (!hand) throw new Refusal(404, `${device.entry.id} has no hand "${name}"`, `its hands are: ${names}`);
  const fields = Object.keys(hand.input ?? {});
  const strange = Object.keys(input).filter((key) => !fields.includes(key));
  if (strange.length > 0) {
    const takes = fields.length === 0 ? 'it takes no input' : `it takes ${JSON.stringify(hand.input)}`;
    throw new Refusal(400, `${name} does not take "${strange.join('", "')}"`, takes);
  }
  try {
    return await hand.act({ ...hand.input, ...input });
  } catch (thrown) {
    throw new Refusal(409, thrown instanceof Error ? thrown.message : String(thrown), summaryOf(hand));
  }
}

function summaryOf({ summary, input }: Hand): string {
  return `${summary.en} / ${summary.zh}${input ? ` ${JSON.stringify(input)}` : ''}`;
}

/** @throws Refusal 404 when there is nothing to look at. */
export async function lookAt(device: StandIn, form: 'txt' | 'png', colours: boolean): Promise<string | Buffer> {
  const { id } = device.entry;
  if (!('picture' in device))
    throw new Refusal(404, `${id} shows nothing`, 'boards and ticket dispensers can be looked at');
  const picture = device.picture();
  if (!picture) throw new Refusal(404, `${id} has shown nothing yet`, 'ask again when it has');
  return form === 'png' ? picturePng(picture) : `${await pictureText(picture, { colours })}\n`;
}
