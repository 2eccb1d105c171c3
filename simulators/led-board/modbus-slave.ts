/**
 * One simulated board: its registers, what it shows, and its bad habits.
 */
import { word } from './modbus-frames.ts';
import type { BoardMap } from './modbus-maps.ts';

/** What a person who stands in front of the board sees. */
export interface BoardView {
  text: string;
  lit: boolean;
  brightness: number | undefined;
  colour: string | undefined;
  effect: string | undefined;
  /** As the board would tell it: `2026-06-01 08:30:00`. */
  clock: string | undefined;
}

/** How a board misbehaves; may be changed at any time. */
export interface BoardHabits {
  /** Hears and does everything, and says nothing. */
  mute: boolean;
  /** How long it thinks before it answers. */
  delayMs: number;
  /** Refuses everything with this exception. */
  exception: number | undefined;
  /** Confirms another register than the one that was written. */
  wrongEcho: boolean;
}

export interface BoardSlave {
  readonly unit: number;
  readonly map: BoardMap;
  readonly habits: BoardHabits;
  /** A black board whose power is off hears nothing. */
  readonly powered: boolean;
  readonly shown: BoardView;
  /** The answer to a request, its effects done; undefined: silence. */
  handle(pdu: Uint8Array): Uint8Array | undefined;
  register(address: number): number;
  /** Pulls the plug; with it the texts go. */
  cutPower(): void;
  restorePower(): void;
  renderText(): string;
}

/** Data of an answer, or the exception. */
type Outcome = readonly number[] | number;

const ILLEGAL = { function: 1, address: 2, value: 3 };
const WRITE_MAX = 123;
const READ_MAX = 125;

/** A board that is switched on and dark; `onShown` is called whenever its text changes. */
export function boardSlave(unit: number, map: BoardMap, onShown: (view: BoardView) => void): BoardSlave {
  const habits: BoardHabits = { mute: false, delayMs: 0, exception: undefined, wrongEcho: false };
  let registers = fresh(map);
  let text = '';
  let powered = true;
  const register = (address: number) => registers.get(address) ?? 0;
  const manner = (of: { register: number; names: readonly string[] } | undefined) => of?.names[register(of.register)];
  const view = (): BoardView => ({
    text: powered ? text : '',
    lit: powered && (map.power === undefined || register(map.power.register) === 1),
    brightness: map.brightness && register(map.brightness.register),
    colour: manner(map.colour),
    effect: manner(map.effect),
    clock: map.clock && clockText(map.clock.start, register),
  });
  const show = (newText: string) => {
    if (newText === text) return;
    text = newText;
    onShown(view());
  };
  const effectOf = (first: number, count: number) => {
    const touches = (address: number | undefined) =>
      address !== undefined && address >= first && address < first + count;
    const { control, value } = map;
    if (touches(value)) show(String((register(value ?? 0) << 16) >> 16));
    if (control && touches(control.register)) {
      if (register(control.register) === control.show) show(textIn(map, register));
      if (register(control.register) === control.clear) show('');
    }
    if (!control && first < map.text.start + map.text.registers && first + count > map.text.start)
      show(textIn(map, register));
  };
  const write = (first: number, values: readonly number[]): number | undefined => {
    if (values.some((_, index) => !registers.has(first + index))) return ILLEGAL.address;
    if (values.some((value, index) => !takes(map, first + index, value))) return ILLEGAL.value;
    values.forEach((value, index) => registers.set(first + index, value));
    effectOf(first, values.length);
    return undefined;
  };
  const written = (first: number, second: number, values: readonly number[]): Outcome => {
    const wrong = write(first, values);
    return wrong ?? bytesOf([habits.wrongEcho ? first + 1 : first, second]);
  };
  const readOut = (first: number, count: number): Outcome => {
    if (count < 1 || count > READ_MAX) return ILLEGAL.value;
    const addresses = Array.from({ length: count }, (_, index) => first + index);
    if (addresses.some((address) => !registers.has(address))) return ILLEGAL.address;
    return [count * 2, ...bytesOf(addresses.map(register))];
  };
  const outcomeOf = (pdu: Uint8Array): Outcome => {
    const [code = 0] = pdu;
    const first = word(pdu, 1);
    const second = word(pdu, 3);
    if (habits.exception !== undefined) return habits.exception;
    if (!map.functions.includes(code)) return ILLEGAL.function;
    if (code === 6) return written(first, second, [second]);
    if (code !== 16) return readOut(first, second);
    const values = Array.from({ length: second }, (_, index) => word(pdu, 6 + 2 * index));
    const isSound = second >= 1 && second <= WRITE_MAX && pdu[5] === second * 2;
    return isSound ? written(first, second, values) : ILLEGAL.value;
  };
  return {
    unit,
    map,
    habits,
    get powered() {
      return powered;
    },
    get shown() {
      return view();
    },
    handle(pdu) {
      if (!powered) return undefined;
      const [code = 0] = pdu;
      const outcome = outcomeOf(pdu);
      if (habits.mute) return undefined;
      return typeof outcome === 'number' ? Uint8Array.of(code | 0x80, outcome) : Uint8Array.of(code, ...outcome);
    },
    register,
    cutPower() {
      powered = false;
      registers = fresh(map);
      show('');
    },
    restorePower() {
      powered = true;
    },
    renderText: () => {
      const { lit, text: words } = view();
      return `#${unit} [${lit ? words : ' off '}]`;
    },
  };
}

/** Every register that exists, as it is after power-on. */
function fresh(map: BoardMap): Map<number, number> {
  const { text, control, length, value, brightness, power, colour, effect, clock, others = [] } = map;
  const single = [
    control?.register,
    length,
    value,
    brightness?.register,
    power?.register,
    colour?.register,
    effect?.register,
  ];
  const addresses = [
    ...single.filter((address) => address !== undefined),
    ...others,
    ...Array.from({ length: text.registers }, (_, index) => text.start + index),
    ...(clock ? Array.from({ length: 6 }, (_, index) => clock.start + index) : []),
  ];
  const registers = new Map(addresses.map((address) => [address, 0]));
  if (power) registers.set(power.register, 1);
  if (brightness) registers.set(brightness.register, brightness.max);
  return registers;
}

function takes(map: BoardMap, address: number, value: number): boolean {
  if (address === map.brightness?.register) return value <= map.brightness.max;
  if (address === map.power?.register) return value <= 1;
  if (address === map.colour?.register) return Boolean(map.colour.names[value]);
  if (address === map.effect?.register) return Boolean(map.effect.names[value]);
  return true;
}

/** The characters in the text registers: as many as the length says, or up to a zero. */
function textIn(map: BoardMap, register: (address: number) => number): string {
  const { start, registers, encoding, lowByteFirst = false } = map.text;
  const words = Array.from({ length: registers }, (_, index) => register(start + index));
  const bytes = Uint8Array.from(
    words.flatMap((each) => (lowByteFirst ? [each & 0xff, each >> 8] : [each >> 8, each & 0xff])),
  );
  const end = map.length === undefined ? bytes.indexOf(0) : register(map.length);
  return new TextDecoder(encoding).decode(end < 0 ? bytes : bytes.subarray(0, end)).trimEnd();
}

function clockText(start: number, register: (address: number) => number): string | undefined {
  const [year = 0, ...rest] = Array.from({ length: 6 }, (_, index) => register(start + index));
  if (year === 0) return undefined;
  const [month, day, hour, minute, second] = rest.map((part) => String(part).padStart(2, '0'));
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

function bytesOf(words: readonly number[]): number[] {
  return words.flatMap((each) => [(each >> 8) & 0xff, each & 0xff]);
}
