/** A started board at a gateway's desk, and the words of docs/firmware.md that tests of the firmware use. */
import { expect } from 'vitest';
import type { BoardProfile } from '../../simulators/board/fitting.ts';
import { virtualHost, type VirtualHost } from '../../simulators/board/virtual-host.ts';
import { numberOf } from '../../simulators/board/wire-codec.ts';

export const COMMAND = {
  identity: 1,
  ack: 3,
  replay: 4,
  status: 5,
  display: 6,
  output: 7,
  heartbeat: 8,
  getSetting: 9,
  setSetting: 0x0a,
  unlock: 0x0b,
  restart: 0x0c,
  done: 0x0e,
  error: 0x0f,
};
export const FAULT = {
  unknownCommand: 1,
  length: 2,
  check: 3,
  range: 4,
  locked: 5,
  notFitted: 6,
  tooLong: 7,
  version: 9,
};
export const SETTING = { serial: 2, display: 3, displays: 4, defaultText: 5, silenceMs: 6 };
/** A factory new board clears its EEPROM first. */
export const BOOT_MS = 600;

export function started(profile: BoardProfile = 'button-panel', displays?: number): VirtualHost {
  const host = virtualHost({ profile, ...(displays !== undefined && { displays }) });
  host.advance(BOOT_MS);
  return host;
}

export const text = (words: string) => [...Buffer.from(words, 'latin1')];

export function set(host: VirtualHost, setting: number, value: readonly number[], serial = '') {
  expect(host.ask(COMMAND.unlock, text(serial)).command).toBe(COMMAND.done);
  return host.ask(COMMAND.setSetting, [setting, ...value]);
}

/** Starts and counters as the status tells them. */
export function statusOf(host: VirtualHost) {
  const { payload } = host.ask(COMMAND.status);
  const counter = (index: number) => numberOf(payload.slice(17 + 3 * index, 20 + 3 * index));
  return {
    cause: payload[16],
    powerOns: counter(0),
    brownOuts: counter(1),
    watchdogResets: counter(2),
    framesDropped: counter(5),
    receiveOverruns: counter(6),
    keysDown: counter(8),
    paper: payload[44],
  };
}
