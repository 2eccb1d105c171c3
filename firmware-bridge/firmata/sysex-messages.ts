/**
 * What gateway and hall board say, in the words of docs/firmware.md: questions to payloads, answers from payloads.
 * Payloads may grow at their end; what is too short is no message.
 */
import { payloadReader, text, u16, u32 } from './sysex-codec.ts';

export const COMMAND = {
  identity: 0x01,
  record: 0x02,
  acknowledge: 0x03,
  replay: 0x04,
  status: 0x05,
  display: 0x06,
  output: 0x07,
  heartbeat: 0x08,
  getSetting: 0x09,
  setSetting: 0x0a,
  unlock: 0x0b,
  done: 0x0e,
  error: 0x0f,
} as const;

export const PROTOCOL_MAJOR = 1;

/** What the board keeps in its EEPROM; those that the gateway asks for or sets. */
export const SETTING = { serial: 2 } as const;

/** What the board is wired as. */
export const PROFILES = { 1: 'button-panel', 2: 'evaluator', 3: 'window-display' } as const;
export type Profile = (typeof PROFILES)[keyof typeof PROFILES];

export interface BoardIdentity {
  profile: Profile | undefined;
  /** `1.0.0`. */
  firmware: string;
  /** Hash of the sources it was built from. */
  build: number;
  keys: number;
  lamps: number;
  /** MAX7219 chips in the chain: a chip is eight digits or one 8x8 matrix. 0: no display. */
  displays: number;
  /** Empty: nobody has given it one. */
  serial: string;
}

/** A record of the board's ring: a key went down or up, paper came or went. */
export interface BoardRecord {
  sequence: number;
  key: number;
  /** Pressed, or paper came. */
  active: boolean;
  /** Undefined: before the board's last start. */
  ageMs: number | undefined;
  /** Sent again, because it was not acknowledged. */
  repeated: boolean;
}

export interface BoardStatus {
  uptimeMs: number;
  newest: number;
  /** Bit 0 is key 1. */
  keysDown: number;
  paper: boolean;
}

/** Number of the paper sensor in records. */
export const PAPER_KEY = 0x10;
const AGE_UNKNOWN = 0xffff_ffff;

export function identityFrom(payload: readonly number[]): BoardIdentity | undefined {
  const read = payloadReader(payload);
  const [major, , , profile] = [read.septet(), read.septet(), read.septet(), read.septet()];
  const version = [read.septet(), read.septet(), read.septet()];
  const build = read.u32();
  read.septet();
  const [keys, lamps, displays] = [read.septet(), read.septet(), read.septet()];
  if (major !== PROTOCOL_MAJOR || build === undefined) return undefined;
  if (keys === undefined || lamps === undefined || displays === undefined) return undefined;
  const serial = read.text();
  return { profile: profileOf(profile), firmware: version.join('.'), build, keys, lamps, displays, serial };
}

/** The value of a setting that is a text, from the answer to `getSetting`. */
export function settingTextFrom(payload: readonly number[]): string {
  const read = payloadReader(payload);
  read.septet();
  return read.text();
}

export function recordFrom(payload: readonly number[]): BoardRecord | undefined {
  const read = payloadReader(payload);
  const [sequence, key, edge, ageMs, flags] = [read.u32(), read.septet(), read.septet(), read.u32(), read.septet()];
  if (sequence === undefined || key === undefined || ageMs === undefined || flags === undefined) return undefined;
  const known = ageMs === AGE_UNKNOWN ? undefined : ageMs;
  return { sequence, key, active: edge === 1, ageMs: known, repeated: (flags & 1) === 1 };
}

/** The end of a replay: how many records were sent. */
export function replayEndFrom(payload: readonly number[]): { newest: number; sent: number } | undefined {
  const read = payloadReader(payload);
  const [newest, sent] = [read.u32(), read.septet()];
  return newest === undefined || sent === undefined ? undefined : { newest, sent };
}

const STATUS_COUNTERS = 8;

export function statusFrom(payload: readonly number[]): BoardStatus | undefined {
  const read = payloadReader(payload);
  const uptimeMs = read.u32();
  read.u32();
  const newest = read.u32();
  read.septet();
  read.septet();
  for (let counter = 0; counter < STATUS_COUNTERS; counter += 1) read.u16();
  const [keysDown, paper] = [read.u16(), read.septet()];
  if (uptimeMs === undefined || newest === undefined || keysDown === undefined || paper === undefined) return undefined;
  return { uptimeMs, newest, keysDown, paper: paper === 1 };
}

/** How long the board runs, as its heartbeat says it. */
export function uptimeFrom(payload: readonly number[]): number | undefined {
  return payloadReader(payload).u32();
}

export function errorFrom(payload: readonly number[]): number | undefined {
  const read = payloadReader(payload);
  read.septet();
  return read.septet();
}

export function acknowledgePayload(through: number): number[] {
  return u32(through);
}

/** What a MAX7219 chain shows: at most 8 characters. */
export type DisplayContent = { what: 'digits' | 'matrix'; text: string } | { what: 'brightness'; level: number };

const DISPLAY = { clear: 0, digits: 1, matrix: 2, brightness: 4 } as const;

export function displayPayload(content: DisplayContent): number[] {
  if (content.what === 'brightness') return [DISPLAY.brightness, content.level];
  if (content.text === '') return [DISPLAY.clear];
  return [DISPLAY[content.what], ...text(content.text)];
}

/** How an output behaves; `times` 0 is for ever, `offMs` 0 with it steady. */
export interface OutputPattern {
  onMs: number;
  offMs: number;
  times: number;
}

/** Output 0 is the buzzer, 1 and more are lamps. */
export function outputPayload(output: number, { onMs, offMs, times }: OutputPattern): number[] {
  return [output, ...u16(onMs), ...u16(offMs), times];
}

function profileOf(profile: number | undefined): Profile | undefined {
  return profile === 1 || profile === 2 || profile === 3 ? PROFILES[profile] : undefined;
}
