/**
 * The hall board's own frames (docs/firmware.md), for the simulators: F0 command tag payload check(2) F7. Written from
 * the page, not from the bridge.
 */
export interface WireFrame {
  command: number;
  tag: number;
  payload: readonly number[];
}

const SYSEX_START = 0xf0;
const SYSEX_END = 0xf7;
/** x^14 + x^11 + x^2 + 1, reflected. */
const POLYNOMIAL = 0x2804;

/** CRC-14/DARC; "123456789" gives 082D. */
export function check14(bytes: Iterable<number>): number {
  let check = 0;
  for (const byte of bytes) {
    check ^= byte;
    for (let bit = 0; bit < 8; bit += 1) check = check & 1 ? (check >> 1) ^ POLYNOMIAL : check >> 1;
  }
  return check;
}

export function frameBytes({ command, tag, payload }: WireFrame): Uint8Array {
  const body = [command, tag, ...payload];
  const check = check14(body);
  return Uint8Array.from([SYSEX_START, ...body, check & 0x7f, check >> 7, SYSEX_END]);
}

/** The frame in a sysex's bytes between F0 and F7; undefined if it is short or its check is wrong. */
export function frameOf(body: readonly number[]): WireFrame | undefined {
  const [command, tag, ...rest] = body.slice(0, -2);
  const check = (body.at(-2) ?? 0) | ((body.at(-1) ?? 0) << 7);
  if (command === undefined || tag === undefined || body.length < 4) return undefined;
  return check === check14(body.slice(0, -2)) ? { command, tag, payload: rest } : undefined;
}

export function u16(value: number): number[] {
  return [value & 0x7f, (value >> 7) & 0x7f, value >> 14];
}

export function u32(value: number): number[] {
  return [0, 7, 14, 21, 28].map((shift) => (value >>> shift) & (shift === 28 ? 0x0f : 0x7f));
}

/** A number of 3 (u16) or 5 (u32) septets, lowest first. */
export function numberOf(septets: readonly number[]): number {
  return septets.reduceRight((value, septet) => value * 128 + septet, 0);
}

/** Bytes as one string of bits, lowest first, cut into septets. */
export function packed(bytes: Iterable<number>): number[] {
  const bits = [...bytes].flatMap((byte) => [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => (byte >> bit) & 1));
  return Array.from({ length: Math.ceil(bits.length / 7) }, (_, index) =>
    bits.slice(7 * index, 7 * index + 7).reduce((septet, bit, place) => septet | (bit << place), 0),
  );
}

export function unpacked(septets: readonly number[]): number[] {
  const bits = septets.flatMap((septet) => [0, 1, 2, 3, 4, 5, 6].map((bit) => (septet >> bit) & 1));
  return Array.from({ length: Math.floor(bits.length / 8) }, (_, index) =>
    bits.slice(8 * index, 8 * index + 8).reduce((byte, bit, place) => byte | (bit << place), 0),
  );
}

/** Calls `onSysex` with what stands between F0 and F7 and `onOther` with every other byte; a sysex is at most `bytesMax` long. */
export function sysexReader(
  onSysex: (body: number[]) => void,
  onOther: (byte: number) => void = () => undefined,
  onTooLong: () => void = () => undefined,
  bytesMax = 512,
): (bytes: Uint8Array) => void {
  let body: number[] | undefined;
  const take = (byte: number) => {
    if (byte === SYSEX_START) {
      body = [];
    } else if (body === undefined) {
      onOther(byte);
    } else if (byte < 0x80) {
      if (body.length <= bytesMax) body.push(byte);
    } else {
      const ended = body;
      body = undefined;
      if (byte !== SYSEX_END) onOther(byte);
      else if (ended.length > bytesMax) onTooLong();
      else onSysex(ended);
    }
  };
  return (bytes) => bytes.forEach(take);
}
