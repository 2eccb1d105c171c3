/**
 * What the registers of simulated boards mean.
 */
export interface BoardMap {
  name: string;
  text: { start: number; registers: number; encoding: 'ascii' | 'gbk'; lowByteFirst?: boolean };
  /** Without it a text shows as soon as it is written. */
  control?: { register: number; show: number; clear: number };
  /** Byte count of the text; without it the text ends at a zero. */
  length?: number;
  /** A number that the board shows as digits, as soon as it is written. */
  value?: number;
  brightness?: { register: number; max: number };
  power?: { register: number };
  colour?: { register: number; names: readonly string[] };
  effect?: { register: number; names: readonly string[] };
  /** Year, month, day, hour, minute, second. */
  clock?: { start: number };
  /** Registers that exist besides and only keep what is written. */
  others?: readonly number[];
  /** Function codes that the board knows. */
  functions: readonly number[];
}

/** A seven-segment board sold as "LED-485": writes only, digits at 70h, an integer at 0, decimal point at 4. */
export const LED_485: BoardMap = {
  name: 'LED-485',
  text: { start: 0x70, registers: 8, encoding: 'ascii' },
  value: 0x0000,
  others: [0x0004],
  functions: [6, 16],
};

/** The reference convention for Chinese text: control and manner at 0, text from 16. */
export const GB2312_REFERENCE: BoardMap = {
  name: 'GB2312 reference',
  text: { start: 16, registers: 128, encoding: 'gbk' },
  control: { register: 0, show: 1, clear: 2 },
  brightness: { register: 1, max: 100 },
  colour: { register: 2, names: ['', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] },
  effect: { register: 3, names: ['static', 'quick', 'left', 'right', 'up', 'down'] },
  others: [4],
  length: 5,
  power: { register: 6 },
  clock: { start: 8 },
  functions: [3, 4, 6, 16],
};
