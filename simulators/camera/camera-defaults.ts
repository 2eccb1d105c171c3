/**
 * The camera that is built when nothing else is said: a common Chinese dome camera with two profiles.
 */
import type { Random } from '../kit/random.ts';
import type { CameraBuild, Preset, VideoProfile } from './camera-body.ts';

const PROFILES: readonly VideoProfile[] = [
  { token: 'Profile_1', name: 'mainStream', width: 1920, height: 1080 },
  { token: 'Profile_2', name: 'subStream', width: 704, height: 576 },
];

/** Presets of a camera above the entrance, named as a technician in China names them. */
export const HALL_PRESETS: readonly Preset[] = [
  { token: '1', name: '大门', pan: 0, tilt: 0.2, zoom: 0 },
  { token: '2', name: '3号窗口 <左>', pan: -0.5, tilt: 0.1, zoom: 0.4 },
  { token: '3', name: 'Waiting area', pan: 0.5, tilt: 0, zoom: 0 },
];

/** A build with its own serial number, MAC address and endpoint reference. */
export function defaultBuild(random: Random): CameraBuild {
  const digits = Array.from({ length: 9 }, () => random.int(0, 9)).join('');
  const mac = Buffer.from(random.bytes(3));
  return {
    name: 'Camera',
    manufacturer: 'Simulated Vision',
    model: 'DS-2CD2146G2',
    serial: `SV${digits}`,
    firmware: 'V5.7.3 build 220112',
    uuid: uuidFrom(random),
    macAddress: ['44', '19', 'b6', ...(mac.toString('hex').match(/../g) ?? [])].join(':'),
    user: 'admin',
    password: 'hall-2026',
    profiles: PROFILES,
    presets: [],
    inputs: ['1'],
    relays: ['RelayOutput_1'],
  };
}

function uuidFrom(random: Random): string {
  const hex = Buffer.from(random.bytes(16)).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}
