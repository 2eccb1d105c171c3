/**
 * What the driver wants from a camera, whoever carries it out. Two libraries stand behind it (`onvif-basic-port.ts`,
 * `onvif-full-port.ts`); neither sees a socket or a password: both are handed a link that owns these.
 */
export interface CameraIdentity {
  manufacturer?: string | undefined;
  model?: string | undefined;
  serial?: string | undefined;
  firmware?: string | undefined;
}

export interface CameraProfile {
  token: string;
  name?: string | undefined;
  /** Token of the sensor or channel that the profile shows. */
  videoSource?: string | undefined;
  width?: number | undefined;
  height?: number | undefined;
  encoding?: string | undefined;
}

export interface CameraPreset {
  token: string;
  name?: string | undefined;
}

/** Every call throws HallErrors `camera.*` (see `onvif-link.ts`). */
export interface CameraPort {
  /** The library that does the work: it stands in the log. */
  readonly backend: 'node-onvif' | 'onvif';
  identify(): Promise<CameraIdentity>;
  profiles(): Promise<CameraProfile[]>;
  /** As the camera says it: may name another host, and may carry credentials. */
  streamUri(profile: string): Promise<string>;
  /** As the camera says it. */
  snapshotUri(profile: string): Promise<string>;
  presets(profile: string): Promise<CameraPreset[]>;
  gotoPreset(profile: string, preset: string): Promise<void>;
  /** Sets the camera's clock by hand (not by NTP), to UTC. */
  setTime(utcMs: number): Promise<void>;
  reboot(): Promise<void>;
}

/** Where a camera's services are: paths on the camera itself. */
export interface CameraServices {
  device: string;
  media?: string;
  media2?: string;
  ptz?: string;
  events?: string;
}
