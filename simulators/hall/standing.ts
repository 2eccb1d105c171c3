/**
 * Stands up every device of a hall.yaml, whatever its wire; what cannot stand takes everything down again.
 */
import { seededRandom } from '../kit/random.ts';
import { homeless } from './addresses.ts';
import type { HallFile } from './hall-file.ts';
import type { Ground, Happening, StandIn, Standing } from './stand-in.ts';
import { STAND_IN_MAKERS } from './stand-ins/index.ts';

export interface StandUpOptions {
  file: HallFile;
  seed: number;
  onHappening: (happening: Happening) => void;
  /** See `Ground`. */
  offers?: Ground['offers'];
}

export interface SimulatedHall {
  readonly devices: readonly StandIn[];
  /** @throws Error that names the device when there is none with this id. */
  device(id: string): StandIn;
  /** For each device the event types that it bears witness to. */
  readonly speaks: ReadonlyMap<string, readonly string[]>;
  close(): Promise<void>;
}

/** @throws Error in words when a device cannot stand: an address that is not of this machine, a port that is taken. */
export async function standUpHall({ file, seed, onHappening, offers }: StandUpOptions): Promise<SimulatedHall> {
  const astray = homeless(file);
  if (astray !== undefined) throw new Error(astray);
  const random = seededRandom(seed);
  const standing: Standing[] = [];
  const close = async () => {
    for (const each of standing.splice(0).reverse()) await each.close();
  };
  try {
    for (const maker of STAND_IN_MAKERS) {
      const own = file.devices.filter(({ kind, wire }) => kind === maker.kind && wire === maker.wire);
      const ground = { file, random: random.fork(), onHappening, offers };
      if (own.length > 0) standing.push(await maker.standUp(own, ground));
    }
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const devices = standing.flatMap((each) => each.devices);
  return {
    devices,
    device(id) {
      const found = devices.find(({ entry }) => entry.id === id);
      if (!found) throw new Error(`no device "${id}" in this hall / 没有设备 "${id}"`);
      return found;
    },
    speaks: new Map(devices.map(({ entry, speaks }) => [entry.id, speaks])),
    close,
  };
}
