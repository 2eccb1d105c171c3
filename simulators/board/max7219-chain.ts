/**
 * MAX7219 drivers in a chain: 16-bit words shift from one to the next and are taken over when the select line rises
 * (data sheet: register in bits 8-11, value in bits 0-7). What they light is what a person sees.
 */
export interface DisplayPicture {
  /** Eight rows from the top, a character (`0`, `1`) per dot, all matrices side by side. */
  readonly rows: readonly string[];
  /** The first chip read as seven-segment digits, from the left; what is no character of ours is `?`. */
  readonly digits: string;
  readonly brightness: number;
}

export interface Max7219Chain {
  shift(byte: number): void;
  select(high: boolean): void;
  powerOff(): void;
  picture(): DisplayPicture;
}

const ROWS = 8;
const REGISTERS = { intensity: 0x0a, scanLimit: 0x0b, shutdown: 0x0c, test: 0x0f };

/** Segments ABCDEFG (bits 6-0) as people read them. */
const READ_AS: ReadonlyMap<number, string> = new Map(
  Object.entries({
    ' ': '',
    '-': 'G',
    '0': 'ABCDEF',
    '1': 'BC',
    '2': 'ABDEG',
    '3': 'ABCDG',
    '4': 'BCFG',
    '5': 'ACDFG',
    '6': 'ACDEFG',
    '7': 'ABC',
    '8': 'ABCDEFG',
    '9': 'ABCDFG',
    A: 'ABCEFG',
    C: 'ADEF',
    E: 'ADEFG',
    F: 'AEFG',
    H: 'BCEFG',
    L: 'DEF',
    P: 'ABEFG',
    U: 'BCDEF',
  }).map(([character, segments]) => [maskOf(segments), character]),
);

function maskOf(segments: string): number {
  return Array.from(segments).reduce((mask, segment) => mask | (1 << (6 - 'ABCDEFG'.indexOf(segment))), 0);
}

/** A chain of `length` chips, dark as after power-on. */
export function max7219Chain(length: number): Max7219Chain {
  let shifted: number[] = [];
  let selected = false;
  const registers = Array.from({ length }, () => new Uint8Array(16));

  const latch = () => {
    for (const [index, chip] of registers.entries()) {
      const value = shifted.at(-1 - 2 * index);
      const register = shifted.at(-2 - 2 * index);
      if (value !== undefined && register !== undefined) chip[register & 0x0f] = value;
    }
  };
  const lit = (chip: Uint8Array, row: number) => {
    if (chip[REGISTERS.test] === 1) return 0xff;
    const shown = chip[REGISTERS.shutdown] === 1 && row <= (chip[REGISTERS.scanLimit] ?? 0);
    return shown ? (chip[row + 1] ?? 0) : 0;
  };
  const digit = (chip: Uint8Array, row: number) => {
    const segments = lit(chip, row);
    return (READ_AS.get(segments & 0x7f) ?? '?') + (segments & 0x80 ? '.' : '');
  };
  const rowText = (row: number) => registers.map((chip) => lit(chip, row).toString(2).padStart(8, '0')).join('');
  const rowsFromTop = Array.from({ length: ROWS }, (_, row) => row);
  return {
    shift(byte) {
      if (!selected) return;
      shifted.push(byte);
      if (shifted.length > 2 * length) shifted.shift();
    },
    select(high) {
      if (selected && high) latch();
      if (!selected && !high) shifted = [];
      selected = !high;
    },
    powerOff: () => registers.forEach((chip) => chip.fill(0)),
    picture: () => ({
      rows: rowsFromTop.map(rowText),
      digits: rowsFromTop
        .map((row) => digit(registers[0] ?? new Uint8Array(16), ROWS - 1 - row))
        .join('')
        .trimEnd(),
      brightness: registers[0]?.[REGISTERS.intensity] ?? 0,
    }),
  };
}
