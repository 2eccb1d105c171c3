/**
 * The ESC/POS commands that the simulated printer knows, cut out of the bytes it receives. Strict: a byte that belongs to no
 * command that it knows is told as `unknown`, where a real head prints rubbish or hangs.
 */
export type PrinterCommand =
  | { kind: 'initialise' }
  | { kind: 'chinese'; on: boolean }
  | { kind: 'chinese-style'; wide: boolean; tall: boolean }
  | { kind: 'size'; width: number; height: number }
  | { kind: 'bold'; on: boolean }
  | { kind: 'align'; align: Alignment }
  | { kind: 'feed'; lines: number }
  | { kind: 'line-feed' }
  | { kind: 'cut'; partial: boolean }
  | { kind: 'character'; bytes: Uint8Array }
  | { kind: 'qr'; code: number; parameters: Uint8Array }
  | { kind: 'raster'; widthBytes: number; height: number; data: Uint8Array }
  | { kind: 'say-changes'; mask: number }
  | { kind: 'tell-paper' }
  | { kind: 'tell-process'; id: string }
  | { kind: 'unknown'; bytes: Uint8Array };

export type Alignment = 'left' | 'center' | 'right';

/** What a reader makes of the bytes it holds: a command and its length, or undefined: more must come. */
type Read = { command: PrinterCommand | undefined; length: number } | undefined;

const ALIGNMENTS: readonly Alignment[] = ['left', 'center', 'right'];
const HELD_MAX = 70_000;

/** Feeds chunks, cut anywhere; commands come in order. */
export function commandReader(onCommand: (command: PrinterCommand) => void): {
  push(chunk: Uint8Array): void;
  /** Forgets a command that is half received. */
  forget(): void;
} {
  let held = Buffer.alloc(0);
  return {
    push(chunk) {
      held = Buffer.concat([held, chunk]);
      for (let read = readOne(held); read !== undefined; read = readOne(held)) {
        held = held.subarray(read.length);
        if (read.command) onCommand(read.command);
      }
      if (held.length > HELD_MAX) onCommand({ kind: 'unknown', bytes: held });
      if (held.length > HELD_MAX) held = Buffer.alloc(0);
    },
    forget: () => void (held = Buffer.alloc(0)),
  };
}

function readOne(held: Buffer): Read {
  const first = held[0];
  switch (first) {
    case undefined:
      return undefined;
    case 0x0a:
      return { command: { kind: 'line-feed' }, length: 1 };
    case 0x10:
      return realTime(held);
    case 0x1b:
      return held.length < 2 ? undefined : escape(held);
    case 0x1c:
      return held.length < 2 ? undefined : chinese(held);
    case 0x1d:
      return held.length < 2 ? undefined : group(held);
    default:
      return character(held, first);
  }
}

/** Answered when it arrived; nothing is left to do in its turn. */
function realTime(held: Buffer): Read {
  if (held.length < 3) return undefined;
  return held[1] === 0x04 ? { command: undefined, length: 3 } : unknown(held, 2);
}

function escape(held: Buffer): Read {
  if (held[1] === 0x40) return { command: { kind: 'initialise' }, length: 2 };
  return withArgument(held, (value) => {
    if (held[1] === 0x61) {
      const align = ALIGNMENTS[value];
      return align && { kind: 'align', align };
    }
    if (held[1] === 0x45) return { kind: 'bold', on: (value & 1) === 1 };
    return held[1] === 0x64 ? { kind: 'feed', lines: value } : undefined;
  });
}

function chinese(held: Buffer): Read {
  if (held[1] === 0x26) return { command: { kind: 'chinese', on: true }, length: 2 };
  if (held[1] === 0x2e) return { command: { kind: 'chinese', on: false }, length: 2 };
  return withArgument(held, (value) =>
    held[1] === 0x21 && (value & ~0x8c) === 0
      ? { kind: 'chinese-style', wide: (value & 4) !== 0, tall: (value & 8) !== 0 }
      : undefined,
  );
}

function group(held: Buffer): Read {
  if (held[1] === 0x28) return parameterised(held);
  if (held[1] === 0x76) return raster(held);
  return withArgument(held, (value) => {
    if (held[1] === 0x21) return { kind: 'size', width: (value >> 4) + 1, height: (value & 0x0f) + 1 };
    if (held[1] === 0x56 && value <= 1) return { kind: 'cut', partial: value === 1 };
    if (held[1] === 0x61) return { kind: 'say-changes', mask: value };
    return held[1] === 0x72 && value === 1 ? { kind: 'tell-paper' } : undefined;
  });
}

/** Three bytes, the last one an argument. */
function withArgument(held: Buffer, command: (value: number) => PrinterCommand | undefined): Read {
  const value = held[2];
  if (value === undefined) return undefined;
  const known = command(value);
  return known ? { command: known, length: 3 } : unknown(held, 3);
}

/** GS ( X pL pH ... */
function parameterised(held: Buffer): Read {
  if (held.length < 5) return undefined;
  const length = 5 + held.readUInt16LE(3);
  if (held.length < length) return undefined;
  const body = held.subarray(5, length);
  if (held[2] === 0x6b && body[0] === 0x31 && body.length >= 3) {
    return { command: { kind: 'qr', code: body[1] ?? 0, parameters: body.subarray(2) }, length };
  }
  if (held[2] === 0x48 && body[0] === 0x30 && body[1] === 0x30 && body.length === 6) {
    return { command: { kind: 'tell-process', id: body.subarray(2).toString('latin1') }, length };
  }
  return unknown(held, length);
}

/** GS v 0 m xL xH yL yH ... */
function raster(held: Buffer): Read {
  if (held.length < 8) return undefined;
  if (held[2] !== 0x30 || held[3] !== 0) return unknown(held, 4);
  const widthBytes = held.readUInt16LE(4);
  const height = held.readUInt16LE(6);
  const length = 8 + widthBytes * height;
  if (length > HELD_MAX) return unknown(held, 8);
  if (held.length < length) return undefined;
  return { command: { kind: 'raster', widthBytes, height, data: held.subarray(8, length) }, length };
}

/** One ASCII byte, or the two or four of GB18030 (first 81 to FE; a second 30 to 39 begins four). */
function character(held: Buffer, first: number): Read {
  if (first >= 0x20 && first < 0x7f) return { command: { kind: 'character', bytes: held.subarray(0, 1) }, length: 1 };
  if (first < 0x81 || first === 0xff) return unknown(held, 1);
  const second = held[1];
  if (second === undefined) return undefined;
  const length = second >= 0x30 && second <= 0x39 ? 4 : 2;
  return held.length < length ? undefined : { command: { kind: 'character', bytes: held.subarray(0, length) }, length };
}

function unknown(held: Buffer, length: number): Read {
  return { command: { kind: 'unknown', bytes: Buffer.from(held.subarray(0, length)) }, length };
}
