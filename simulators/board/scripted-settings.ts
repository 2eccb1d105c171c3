/** Settings of a scripted board, as docs/firmware.md lists them: values are kept as the septets of the wire. */
import { numberOf, u16 } from './wire-codec.ts';

const RANGE = 4;
const LENGTH = 2;

interface Rule {
  factory: readonly number[];
  /** Fault of a value, 0 if it is good. */
  fault(value: readonly number[]): number;
}

const number = (factory: number, least: number, most: number): Rule => ({
  factory: [factory],
  fault: (value) => (value.length !== 1 ? LENGTH : (value[0] ?? 0) < least || (value[0] ?? 0) > most ? RANGE : 0),
});
const milliseconds = (factory: number, least: number, most: number): Rule => ({
  factory: u16(factory),
  fault: (value) => (value.length !== 3 ? LENGTH : numberOf(value) < least || numberOf(value) > most ? RANGE : 0),
});
const words = (lengthMax: number): Rule => ({
  factory: [],
  fault: (value) =>
    value.length > lengthMax ? LENGTH : value.some((character) => character < 0x20 || character > 0x7e) ? RANGE : 0,
});

const RULES: ReadonlyMap<number, Rule> = new Map([
  [1, number(0, 0, 3)],
  [2, words(16)],
  [3, number(2, 0, 2)],
  [4, number(4, 1, 8)],
  [5, words(8)],
  [6, milliseconds(3_000, 500, 60_000)],
  [7, milliseconds(1_000, 200, 30_000)],
  [8, number(4, 0, 15)],
]);

export const SETTING = { serial: 2, display: 3, displays: 4, defaultText: 5, silenceMs: 6, heartbeatMs: 7 } as const;

export interface ScriptedSettings {
  get(setting: number): readonly number[] | undefined;
  /** Fault number, 0 when it is taken. */
  set(setting: number, value: readonly number[]): number;
}

export function scriptedSettings(serial: string): ScriptedSettings {
  const values = new Map([...RULES].map(([setting, { factory }]) => [setting, factory]));
  values.set(SETTING.serial, [...Buffer.from(serial, 'latin1')]);
  return {
    get: (setting) => values.get(setting),
    set(setting, value) {
      const fault = RULES.get(setting)?.fault(value) ?? RANGE;
      if (fault === 0) values.set(setting, [...value]);
      return fault;
    },
  };
}
