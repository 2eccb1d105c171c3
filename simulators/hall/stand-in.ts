/**
 * A simulated device as the hall sees it: what it is in hall.yaml, the hands of the people in front of it, its cable, and
 * what it looks like. One maker stands up all devices of a kind and wire at once, because many share a bus or a server.
 */
import type { Random } from '../kit/random.ts';
import type { DeviceEntry, HallFile } from './hall-file.ts';
import type { Picture } from './picture.ts';

/** Something that truly happened at a device, as its simulator saw it. */
export interface Happening {
  device: string;
  kind: string;
  /** Milliseconds since 1970. */
  atMs: number;
  /**
   * The CloudEvents type that the centre must receive for it (`hall.attendance.punched.v1`), or for what makes no event a
   * plain word (`board.shows`).
   */
  what: string;
  /** The part of the event's `data` that tells this happening from others. */
  data: Record<string, unknown>;
  /** The device gave up before it was acknowledged: the centre may have it or not. */
  maybe?: true;
  /** The device could not say it when it happened: it may come after what happened later. */
  late?: true;
}

/** What a person can do at a device, by hand or through the API. */
export interface Hand {
  summary: { en: string; zh: string };
  /** Names and examples of its fields; absent: it takes none. */
  input?: Record<string, string | number | boolean>;
  /**
   * What comes of it is awaited: the device is done with it then.
   *
   * @throws Error in words for the person, when the device cannot do that.
   */
  act: (input: Record<string, unknown>) => unknown;
}

export interface StandIn {
  readonly entry: DeviceEntry;
  /** Event types for which this device itself is the witness: the centre must have exactly its happenings of these. */
  readonly speaks: readonly string[];
  readonly hands: Readonly<Record<string, Hand>>;
  pullCable(): Promise<void>;
  plugIn(): Promise<void>;
  /** What can be looked at: a board, a ticket. */
  picture?(): Picture | undefined;
}

/** What people find at a device, whatever its cable. */
export type Front = Omit<StandIn, 'entry' | 'pullCable' | 'plugIn'>;

export interface Ground {
  file: HallFile;
  random: Random;
  onHappening: (happening: Happening) => void;
  /**
   * Whether a kiosk is open and offers a business, as it was told last; absent: it does. A panel of buttons cannot see that
   * it was closed, so who listens to the states of the hall says it.
   */
  offers?: ((device: string, business: string) => boolean) | undefined;
}

export interface Standing {
  devices: readonly StandIn[];
  close(): Promise<void>;
}

/** Stands up every device of one kind and wire. */
export interface StandInMaker {
  kind: string;
  wire: string;
  standUp(entries: readonly DeviceEntry[], ground: Ground): Promise<Standing>;
}
