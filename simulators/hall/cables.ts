/**
 * Which cables are out and which troubles stand: whoever caused them, a person at the page or a planned fault.
 */
import type { Hand, StandIn } from './stand-in.ts';
import { troublesAfter } from './troubled-hands.ts';

export interface Cables {
  /** The same devices, whose cables and hands are watched. */
  readonly devices: readonly StandIn[];
  isOut(device: string): boolean;
  /** Hands that began a trouble which none has ended yet: `power-off`, `hang`, `tear-paper`. */
  troublesOf(device: string): readonly string[];
}

interface Watch {
  out: Set<string>;
  troubles: Map<string, readonly string[]>;
}

export function watchCables(devices: readonly StandIn[]): Cables {
  const watch: Watch = { out: new Set(), troubles: new Map() };
  return {
    devices: devices.map((standIn) => watched(standIn, watch)),
    isOut: (device) => watch.out.has(device),
    troublesOf: (device) => watch.troubles.get(device) ?? [],
  };
}

function watched(standIn: StandIn, watch: Watch): StandIn {
  const { id } = standIn.entry;
  const hands = Object.entries(standIn.hands).map(
    ([name, hand]) => [name, watchedHand(id, name, hand, watch)] as const,
  );
  return {
    ...standIn,
    hands: Object.fromEntries(hands),
    async pullCable() {
      watch.out.add(id);
      await standIn.pullCable();
    },
    async plugIn() {
      await standIn.plugIn();
      watch.out.delete(id);
    },
  };
}

/** A hand that is refused changes nothing. */
function watchedHand(device: string, name: string, hand: Hand, { troubles }: Watch): Hand {
  return {
    ...hand,
    async act(input) {
      const result = await hand.act(input);
      troubles.set(device, troublesAfter(troubles.get(device) ?? [], name, input));
      return result;
    },
  };
}
