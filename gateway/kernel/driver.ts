/**
 * A driver says HOW a device is spoken to: one kind, one wire. It is made by a factory and run by the supervisor.
 * An absent device is a reported state, never a rejection: `run` ends when `hall.signal` aborts.
 */
import type { z } from 'zod';
import type { Clock } from './clock.ts';
import type { HallError } from './errors.ts';
import type { Occurrence } from './event.ts';
import type { Json, JsonObject } from './json.ts';
import type { Kind } from './kind.ts';
import type { LineSettings } from './line-settings.ts';
import type { Log } from './log.ts';

/** What a device says about itself; everything is optional because many say little. */
export interface Identity {
  model?: string;
  serial?: string;
  firmware?: string;
  /** Where it is reached: `bus-a#5`, `192.168.1.201:4370`. */
  address?: string;
}

/** What came of an occurrence: its event, or the news that it was known already. */
export interface Recorded {
  id: string;
  sequence: number;
  /** True when an occurrence with the same natural key is on record: no second event was made. */
  repeated: boolean;
}

/** How far a device's own log has been read; stored in the same transaction as the events. */
export interface CursorUpdate {
  name: string;
  /** `null` removes the cursor. */
  value: Json;
}

/** Something several devices hang on (a bus, a server); it is opened for the first and closed after the last. */
export interface Shared {
  close(): Promise<void>;
}

export type CommandHandlers<K extends Kind> = {
  [Name in keyof K['commands']]?: (
    input: z.output<K['commands'][Name]['input']>,
    signal: AbortSignal,
  ) => Promise<z.input<K['commands'][Name]['output']>>;
};

/** The hall as one driver sees it. After `signal` aborted every call is a no-op or rejects with `device.stopped`. */
export interface Hall<K extends Kind = Kind> {
  /** Identity of this device in topics. */
  readonly device: string;
  /** Number of the window it stands at, if hall.yaml says so. */
  readonly window: string | undefined;
  /** IANA name, for devices that tell local time without a zone. */
  readonly timeZone: string;
  /** The gateway's data directory, for drivers that keep files (pictures) in a folder of their own below it. */
  readonly dataDirectory: string;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock: Clock;

  /** The settings of a line named in hall.yaml; the settings reader has proved that it exists. */
  line(name: string): LineSettings;
  /** Borrows what is shared under `key`, opening it if this is the first; it is given back when `signal` aborts. */
  share<T extends Shared>(key: string, open: () => T): T;

  /** The device answers. Identity given earlier is kept where this one says nothing. */
  online(identity?: Identity): void;
  /** The way to the device works, but the device has not been heard for longer than it should. */
  silent(reason: HallError): void;
  /** The device cannot be reached. */
  offline(reason: HallError): void;
  /** The newest truth in the kind's words; coalesced, published retained. */
  state(state: z.input<K['state']>): void;

  /**
   * Makes occurrences durable, all or none, together with a cursor. Resolves only after the commit: acknowledge to the
   * device after that, never before. While the disk refuses, it stays pending.
   *
   * @throws HallError `event.invalid` when data does not fit the kind's schema, `device.overrun` when too many calls
   *   of this device wait already, `device.stopped` after the stop.
   */
  record(occurrences: readonly Occurrence[], cursor?: CursorUpdate): Promise<Recorded[]>;
  /** The stored cursor, or undefined. */
  cursor(name: string): Promise<Json | undefined>;

  /** Serves commands; input is already validated, output will be. Throw a HallError to fail one. */
  serve(handlers: CommandHandlers<K>): void;

  /**
   * Hears `device/{device}/{rest}` on the local broker. The publisher's PUBACK is held until the handler resolves, and
   * withheld when it rejects.
   */
  onMessage(handler: (rest: string, payload: Uint8Array) => Promise<void>): void;
  /** Says something on `device/{device}/{rest}` to a device that speaks MQTT itself. */
  say(rest: string, payload: string | JsonObject, options?: { retain?: boolean }): Promise<void>;
}

export interface Driver<K extends Kind = Kind, Config extends z.ZodType = z.ZodType> {
  kind: K;
  /** As in hall.yaml: `rs485`, `zk`. */
  wire: string;
  /** Strict schema of this driver's own keys of a device entry (without id, kind, wire, name, window). */
  config: Config;
  /** A config for docs and the example file. */
  example: z.input<Config>;
  /**
   * Where the device sits; two devices with one address are a mistake in hall.yaml. `device` is its id, which is the
   * address of a device that speaks MQTT itself.
   */
  address(config: z.output<Config>, device: string): string;
  /** Names of the kind's commands that this wire can carry out. */
  commands: readonly (keyof K['commands'] & string)[];
  run(config: z.output<Config>, hall: Hall<K>): Promise<void>;
}

/** Declares a driver and keeps the exact types of its kind and config. */
export function defineDriver<K extends Kind, Config extends z.ZodType>(driver: Driver<K, Config>): Driver<K, Config> {
  return driver;
}

/**
 * Any driver, as the lists, the settings reader and the supervisor handle it: its config is validated by its own schema
 * before `address` and `run` see it. (Methods, so that a driver of one kind may stand in a list of all kinds.)
 */
export interface AnyDriver {
  kind: Kind;
  wire: string;
  config: z.ZodType;
  example: unknown;
  address(config: unknown, device: string): string;
  commands: readonly string[];
  run(config: unknown, hall: Hall): Promise<void>;
}
