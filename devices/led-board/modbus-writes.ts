/**
 * What is written to a board's registers, and what is read back. The text goes first and the control register last, so that
 * the board never shows half a text.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import { READ_COUNT_MAX, type ModbusRequest } from '../../firmware-bridge/modbus-bus/modbus-request.ts';
import type { BoardText } from './display-area.ts';
import type { BoardMap, MapPart } from './modbus-map.ts';
import { encodeText } from './modbus-text.ts';

/** One register and what is to stand in it. */
type Entry = readonly [register: number, value: number];

export interface TextWrites {
  /** In the order of the wire; reading back comes last. */
  requests: ModbusRequest[];
  /** How many of the last ones read back, and what they must bring. */
  expected: { reads: number; values: number[] };
  /** The first piece of the text: repeated or read as a sign of life. Undefined when nothing is shown. */
  piece: { start: number; values: readonly number[] } | undefined;
}

/** More than this is not needed to see that a board lost its text. */
const PIECE_REGISTERS_MAX = 32;

/**
 * The writes that show a text, or nothing.
 *
 * @throws HallError `board.text-unencodable`, `board.text-too-long`, or `modbus.profile-lacks` for a colour or effect.
 */
export function textWrites(map: BoardMap, text: BoardText | undefined): TextWrites {
  const { control } = map;
  if (text === undefined && control?.clear !== undefined) return clearing(map, [control.register, control.clear]);
  const { registers, bytes } = encodeText(text?.text ?? '', map.text, { fill: isFilled(map) || text === undefined });
  const content = registers.map((value, index): Entry => [map.text.start + index, value]);
  const manner = [...mannerEntries(map, text), ...entryOf(map.lengthRegister, bytes)];
  const last: Entry[] = control ? [[control.register, control.show]] : [];
  const expected = readsBack(map) ? registers : [];
  const reads = readRequests(map, map.text.start, expected.length);
  const piece = {
    start: map.text.start,
    values: registers.slice(0, Math.min(PIECE_REGISTERS_MAX, map.blockRegisters)),
  };
  return {
    requests: [...writeRequests(map, content), ...writeRequests(map, manner), ...writeRequests(map, last), ...reads],
    expected: { reads: reads.length, values: expected },
    piece: registers.length > 0 ? piece : undefined,
  };
}

function clearing(map: BoardMap, control: Entry): TextWrites {
  return { requests: writeRequests(map, [control]), expected: { reads: 0, values: [] }, piece: undefined };
}

/** @throws HallError `modbus.text-not-kept` when the board holds another text than the one that was written. */
export function checkReadBack({ expected }: TextWrites, answers: readonly (readonly number[])[]): void {
  const held = expected.reads === 0 ? [] : answers.slice(-expected.reads).flat();
  const at = expected.values.findIndex((value, index) => held[index] !== value);
  if (at < 0) return;
  throw new HallError('modbus.text-not-kept', {
    message: `Register ${at} of the text holds ${held[at] ?? 'nothing'} instead of ${expected.values[at] ?? 'nothing'}.`,
    facts: { place: at },
  });
}

/** One request for a run of registers that follow each other, or one for each where the board knows function 6 only. */
export function writeRequests({ write, blockRegisters }: BoardMap, entries: readonly Entry[]): ModbusRequest[] {
  if (write === 'fc6') return entries.map(([register, value]) => ({ kind: 'write-one', register, value }));
  const runs: { kind: 'write-many'; start: number; values: number[] }[] = [];
  for (const [register, value] of [...entries].sort(([one], [two]) => one - two)) {
    const run = runs.at(-1);
    const goesOn = run && register === run.start + run.values.length && run.values.length < blockRegisters;
    if (goesOn) run.values.push(value);
    else runs.push({ kind: 'write-many', start: register, values: [value] });
  }
  return runs;
}

/** What is asked to see whether the board is there, and whether it still has its text. */
export function pollRequest(map: BoardMap, piece: TextWrites['piece']): ModbusRequest {
  const { presence } = map;
  if (presence?.write === undefined) {
    if (piece && readsBack(map)) return readRequest(map, piece.start, piece.values.length);
    return readRequest(map, presence?.register ?? map.text.start, 1);
  }
  const sign: ModbusRequest = { kind: 'write-one', register: presence.register, value: presence.write };
  if (!piece) return sign;
  // A board that only listens gets its text again: so a short loss of power leaves it dark for one poll at most.
  const [first] = writeRequests(
    map,
    piece.values.map((value, index): Entry => [piece.start + index, value]),
  );
  return first ?? sign;
}

/** @throws HallError `modbus.profile-lacks`. */
export function partOf<Part extends MapPart>(map: BoardMap, part: Part): NonNullable<BoardMap[Part]> {
  return map[part] ?? raise(lacks(`nothing for ${part}`, part));
}

export function readsBack({ read, readBack }: BoardMap): boolean {
  return readBack ?? read !== 'none';
}

function isFilled({ text, lengthRegister }: BoardMap): boolean {
  return text.fill ?? (lengthRegister === undefined && text.terminator === '');
}

/** Colour, effect and speed, as far as the board has registers for them; without one they are the board's own. */
function mannerEntries(map: BoardMap, text: BoardText | undefined): Entry[] {
  if (!text) return [];
  const { colour, effect, speed } = map;
  const share = (text.speed - 1) / 9;
  return [
    ...(colour
      ? entryOf(colour.register, colour.values[text.colour] ?? raise(lacks(`no ${text.colour}`, 'colour')))
      : []),
    ...(effect
      ? entryOf(effect.register, effect.values[text.effect] ?? raise(lacks(`no "${text.effect}"`, 'effect')))
      : []),
    ...(speed ? entryOf(speed.register, between(speed.slowest, speed.fastest, share)) : []),
  ];
}

/** The whole number at this share of the way; either end may be the larger one. */
export function between(from: number, to: number, share: number): number {
  return Math.round(from + (to - from) * share);
}

function entryOf(register: number | undefined, value: number): Entry[] {
  return register === undefined ? [] : [[register, value]];
}

function readRequests(map: BoardMap, start: number, count: number): ModbusRequest[] {
  const blocks = Math.ceil(count / READ_COUNT_MAX);
  return Array.from({ length: blocks }, (_, index) =>
    readRequest(map, start + index * READ_COUNT_MAX, Math.min(READ_COUNT_MAX, count - index * READ_COUNT_MAX)),
  );
}

function readRequest({ read }: BoardMap, start: number, count: number): ModbusRequest {
  return { kind: 'read', table: read === 'fc4' ? 'input' : 'holding', start, count };
}

function lacks(what: string, part: string): HallError {
  return new HallError('modbus.profile-lacks', {
    message: `The profile of this board has ${what}.`,
    facts: { part },
  });
}

function raise(error: HallError): never {
  throw error;
}
