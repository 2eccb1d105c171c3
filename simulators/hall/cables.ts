/**
 * Which cables are out: whoever pulls them, a person at the page or a planned fault.
 */
import type { StandIn } from './stand-in.ts';

export interface Cables {
  /** The same devices, whose cables are watched. */
  readonly devices: readonly StandIn[];
  isOut(device: string): boolean;
}

export function watchCables(devices: readonly StandIn[]): Cables {
  const out = new Set<string>();
  return { devices: devices.map((standIn) => watched(standIn, out)), isOut: (device) => out.has(device) };
}

function watched(standIn: StandIn, out: Set<string>): StandIn {
  const { id } = standIn.entry;
  return {
    ...standIn,
    async pullCable() {
      out.add(id);
      await standIn.pullCable();
    },
    async plugIn() {
      await standIn.plugIn();
      out.delete(id);
    },
  };
}
