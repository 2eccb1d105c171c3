/**
 * The camera itself, without its wires: how it is built, its clock, what it sees, where it looks, and the truth of what happened.
 */
import { recording } from '../kit/recording.ts';
import { cameraClock, xmlTime, type CameraClock } from './camera-clock.ts';

export interface CameraBuild {
  name: string;
  manufacturer: string;
  model: string;
  serial: string;
  firmware: string;
  /** Of its endpoint reference, without `urn:uuid:`. */
  uuid: string;
  macAddress: string;
  user: string;
  password: string;
  profiles: readonly VideoProfile[];
  /** None: it cannot turn. */
  presets: readonly Preset[];
  /** Names of its alarm inputs. */
  inputs: readonly string[];
  relays: readonly string[];
}

export interface VideoProfile {
  token: string;
  name: string;
  width: number;
  height: number;
}

export interface Preset {
  token: string;
  name: string;
  pan: number;
  tilt: number;
  zoom: number;
}

/** What a camera can notice and tell. */
export type Sense = 'motion' | 'tamper' | 'video-loss' | 'digital-input' | 'relay';

export type Happening =
  | { what: Sense; on: boolean; token?: string }
  | { what: 'processor-usage'; percent: number }
  | { what: 'clock-set'; source: 'Manual' | 'NTP' }
  | { what: 'reboot'; by: 'command' | 'person' }
  | { what: 'looked-at-preset'; token: string; name: string }
  | { what: 'moving'; pan: number; tilt: number; zoom: number }
  | { what: 'stopped' }
  | { what: 'snapshot-taken'; profile: string }
  | { what: 'cable'; in: boolean };

export type TrueHappening = Happening & {
  /** When it truly happened. */
  atMs: number;
  /** When it happened by the camera's own clock. */
  cameraTime: string;
};

export interface Position {
  pan: number;
  tilt: number;
  zoom: number;
}

export interface CameraBody {
  readonly build: CameraBuild;
  readonly clock: CameraClock;
  /** True at this moment, by sense and token; absent: false. */
  readonly senses: ReadonlyMap<string, boolean>;
  /** Changes a sense; false when it was so already, and nothing happened. */
  sense(what: Sense, on: boolean, token?: string): boolean;
  readonly position: Position;
  place(position: Position): void;
  moving: boolean;
  /** What truly happened, oldest first. */
  readonly truth: readonly TrueHappening[];
  happen(happening: Happening): void;
  /** Hears of everything that happens from now on; returns the way to stop. */
  onTruth(listener: (happening: TrueHappening) => void): () => void;
}

/** The key of a sense in `senses`. */
export function senseKey(what: Sense, token = ''): string {
  return `${what}/${token}`;
}

export function cameraBody(build: CameraBuild, now: () => number): CameraBody {
  const clock = cameraClock(now);
  const truth = recording<TrueHappening>();
  const listeners = new Set<(happening: TrueHappening) => void>();
  const senses = new Map<string, boolean>();
  const position: Position = { pan: 0, tilt: 0, zoom: 0 };
  const happen = (happening: Happening) => {
    const entry = { ...happening, atMs: now(), cameraTime: xmlTime(clock.time()) };
    truth.add(entry);
    for (const listener of listeners) listener(entry);
  };
  return {
    build,
    clock,
    senses,
    position,
    moving: false,
    truth: truth.entries,
    happen,
    sense(what, on, token) {
      const key = senseKey(what, token);
      if ((senses.get(key) ?? false) === on) return false;
      senses.set(key, on);
      happen({ what, on, ...(token !== undefined && { token }) });
      return true;
    },
    place: (newPosition) => void Object.assign(position, newPosition),
    onTruth(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
