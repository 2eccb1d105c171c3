/**
 * What the keys on the RS-485 bus mean. The caller's codes are fixed; the evaluator's keys are a setting, because
 * devices with the same wire carry different labels.
 */
import { FUNCTION, type Frame } from './rs485-codec.ts';
import type { Mark } from './evaluations.ts';
import type { CallerKey, Level } from './kind.ts';

/** Key byte -> mark. */
export type KeyMap = Readonly<Record<string, Mark>>;

/**
 * `four-key`: the deployed device, by its labels: 0 不满意, 2 满意, 3 非常满意; its key 1 is "default" there, so it is not
 * rated, never a good mark. `five-key`: the byte is the level.
 */
export const KEY_MAPS = {
  'four-key': { 0: 2, 1: 'unrated', 2: 4, 3: 5 },
  'five-key': { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5 },
} as const satisfies Record<string, KeyMap>;

/** The levels that a citizen can give with these keys, ascending. */
export function levelsOf(keys: KeyMap): Level[] {
  const levels = Object.values(keys).filter((mark) => mark !== 'unrated');
  return [...new Set(levels)].sort((one, other) => one - other);
}

/** A frame that a device sent, understood as far as the wire goes. */
export type Press =
  { sender: 'evaluator'; key: number } | { sender: 'caller'; key: CallerKey; code: string } | undefined;

const CALLER_KEYS: Readonly<Record<number, CallerKey>> = {
  0x0b: 'finish',
  0x0c: 'call-next',
  0x0d: 'recall',
  0x0e: 'cancel',
  0x11: 'one-metre',
  0x12: 'pause',
  0x13: 'transfer',
};
/** The confirm key gives the digit in front of it a meaning. */
const CONFIRM = 0x0f;
const CONFIRMED_DIGITS: Readonly<Record<number, CallerKey>> = { 0x00: 'hang', 0x03: 'call-back', 0x06: 'give-up' };

/** Devices send one to three bytes of data; anything else is no press. */
const DATA_MAX = 3;

/** What was pressed; undefined when the frame is none that a device sends. */
export function pressOf({ func, data }: Frame): Press {
  const last = data.at(-1);
  if (last === undefined || data.length > DATA_MAX) return undefined;
  if (func === FUNCTION.result) return data.length === 1 ? { sender: 'evaluator', key: last } : undefined;
  return { sender: 'caller', key: callerKeyOf(data, last), code: Buffer.from(data).toString('hex') };
}

function callerKeyOf(data: Uint8Array, last: number): CallerKey {
  if (last !== CONFIRM) return CALLER_KEYS[last] ?? 'other';
  const digit = data.length === 2 ? data[0] : undefined;
  return (digit === undefined ? undefined : CONFIRMED_DIGITS[digit]) ?? 'other';
}
