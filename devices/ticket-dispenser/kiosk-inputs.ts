/**
 * What people do at a kiosk beside taking paper: lay an ID card on the reader, press a button. A card becomes `card.read`, a
 * button `ticket.requested`, with the card that was laid down just before. Any driver of a kiosk that has neither of its
 * own can run these; a kiosk that speaks MQTT sends its events itself.
 */
import { z } from 'zod';
import type { Clock } from '../../gateway/kernel/clock.ts';
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { Json } from '../../gateway/kernel/json.ts';
import { boardPanelConfig, lampStateOf, runBoardPanel, type PanelLamp } from './board-panel.ts';
import { buttonsConfig, runButtons, type Business } from './buttons.ts';
import type { LastCard } from './card-lay-machine.ts';
import { runCardReader } from './card-reader.ts';
import { cardReaderConfig } from './card-reader-settings.ts';
import type { TicketDispenser } from './kind.ts';
import type { Kiosk, KioskState, Witness } from './kiosk.ts';
import { referenceTo, type CardReference, type PresentedCard } from './presented-card.ts';

/** Keys of a kiosk driver's config; spread them into its schema. */
export const kioskInputSettings = {
  cardReader: cardReaderConfig.optional().describe('ID-card reader on a line of its own'),
  buttons: buttonsConfig.optional().describe('panel of business buttons on a line of its own'),
  panel: boardPanelConfig.optional().describe('panel of business buttons on a hall board (docs/firmware.md)'),
  cardSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(60)
    .describe('a button pressed within this time after a card was laid down belongs to that card'),
};

export type KioskInputSettings = z.output<z.ZodObject<typeof kioskInputSettings>>;

/** Where the card stands that lay there last, so that a restart does not count it twice. */
const LAST_CARD = 'last-card';

const lastCardSchema = z.strictObject({ told: z.string(), seenMs: z.number(), bootId: z.string() });

/** Runs the reader and the buttons that hall.yaml names, until `hall.signal` aborts. */
export async function runKioskInputs(
  { cardReader, buttons, panel, cardSeconds }: KioskInputSettings,
  hall: Hall<TicketDispenser>,
  kiosk: Pick<Kiosk, 'show' | 'watch' | 'request'>,
): Promise<void> {
  const hand = cardInHand(cardSeconds * 1_000, hall.clock);
  const last = cardReader && lastCardFrom(await hall.cursor(LAST_CARD), hall.clock);
  const onCard = (card: PresentedCard, laid: LastCard) => {
    hand.lay(referenceTo(card));
    const cursor = { name: LAST_CARD, value: { ...laid, bootId: hall.clock.bootId } };
    hall.record([{ type: 'card.read', data: { ...card } }], cursor).catch(notRecorded(hall, 'card.not-recorded'));
  };
  const onBusiness = (businessType: Business) => {
    press(businessType, hand, kiosk).catch(notRecorded(hall, 'press.not-recorded'));
  };
  const reading =
    cardReader &&
    runCardReader(cardReader, hall, { last, onCard, onState: ({ part }) => kiosk.show({ reader: part }) });
  const pressing =
    buttons && runButtons(buttons, hall, { onBusiness, onState: ({ part }) => kiosk.show({ buttons: part }) });
  const onPress = (businessType: Business, witness: Witness) => press(businessType, hand, kiosk, witness);
  const onLamp = (lamp: PanelLamp) => kiosk.watch(follower(lamp));
  const watching =
    panel && runBoardPanel(panel, hall, { onPress, onLamp, onState: ({ part }) => kiosk.show({ buttons: part }) });
  await Promise.all([reading, pressing, watching]);
}

/** Keeps the lamp at what the state of the kiosk says. */
function follower(lamp: PanelLamp): (state: Pick<KioskState, 'enabled' | 'paper'>) => void {
  let shown: ReturnType<typeof lampStateOf> | undefined;
  return (state) => {
    const wanted = lampStateOf(state);
    if (wanted === shown) return;
    shown = wanted;
    // A panel that is away shows it when it is back.
    lamp.show(wanted).catch(() => undefined);
  };
}

/** Asks for a ticket. A card goes with one ticket; where none was asked for, it waits for the next button. */
async function press(
  businessType: Business,
  hand: CardInHand,
  kiosk: Pick<Kiosk, 'request'>,
  witness?: Witness,
): Promise<void> {
  const card = hand.take();
  const request = { businessType, source: 'button' as const, ...(card && { card: card.reference }) };
  let asked = false;
  try {
    asked = await kiosk.request(request, witness);
  } finally {
    if (!asked && card) hand.giveBack(card);
  }
}

interface HeldCard {
  reference: CardReference;
  untilMs: number;
}

interface CardInHand {
  /** The card that was laid down last; a card without a number puts away the one before it. */
  lay(reference: CardReference | undefined): void;
  take(): HeldCard | undefined;
  giveBack(card: HeldCard): void;
}

/** The card of the person who stands at the kiosk, for a while. */
function cardInHand(windowMs: number, clock: Clock): CardInHand {
  let held: HeldCard | undefined;
  return {
    lay: (reference) => void (held = reference && { reference, untilMs: clock.monotonicMs() + windowMs }),
    take() {
      const taken = held;
      held = undefined;
      return taken && taken.untilMs > clock.monotonicMs() ? taken : undefined;
    },
    giveBack: (card) => void (held ??= card),
  };
}

/** The card that lay there when this gateway was stopped; monotonic times of another boot cannot be compared. */
function lastCardFrom(stored: Json | undefined, clock: Clock): LastCard | undefined {
  const { data } = lastCardSchema.safeParse(stored);
  return data?.bootId === clock.bootId ? { told: data.told, seenMs: data.seenMs } : undefined;
}

function notRecorded({ signal, log }: Hall<TicketDispenser>, event: string): (thrown: unknown) => void {
  return (thrown) => {
    if (!signal.aborted) log.error(event, thrown);
  };
}
