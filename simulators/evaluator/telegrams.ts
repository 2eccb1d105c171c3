/**
 * The simulator's own reading of the bus, written from the description of the deployed host and not from the driver:
 * FF 68, twice the number of bytes from address to data, 68, address, command, data, their sum, 16.
 */
export interface Telegram {
  address: number;
  command: number;
  data: readonly number[];
}

/** A device waits for the whole start, lead-in included. */
const BEGINNING = /\xff\x68([^])\1\x68/;
/** Address and command are always there, and no telegram carries more than six bytes of data. */
const LENGTHS = { min: 2, max: 8 };
/** Everything but address, command and data: FF 68 L L 68 in front, sum and 16 behind. */
const AROUND = 7;
const ENDING = 0x16;
/** The part of a beginning that may wait for its rest. */
const BEGINNING_LENGTH = 5;

/** The bytes that a device or the host puts on the bus. */
export function telegramBytes({ address, command, data }: Telegram): Uint8Array {
  const inner = [address, command, ...data];
  return Uint8Array.from([0xff, 0x68, inner.length, inner.length, 0x68, ...inner, sumOfAll(inner), ENDING]);
}

/** Feeds chunks of any size; calls back for each whole telegram. */
export function telegramReader(onTelegram: (telegram: Telegram) => void): (chunk: Uint8Array) => void {
  let waiting = '';
  return (chunk) => {
    waiting += Buffer.from(chunk).toString('latin1');
    for (let found = BEGINNING.exec(waiting); found !== null; found = BEGINNING.exec(waiting)) {
      const candidate = waiting.slice(found.index);
      const length = candidate.charCodeAt(2);
      const plausible = length >= LENGTHS.min && length <= LENGTHS.max;
      if (plausible && candidate.length < length + AROUND) {
        waiting = candidate;
        return;
      }
      const telegram = plausible ? whole(Buffer.from(candidate.slice(0, length + AROUND), 'latin1')) : undefined;
      if (telegram) onTelegram(telegram);
      waiting = candidate.slice(telegram ? length + AROUND : 1);
    }
    waiting = waiting.slice(-(BEGINNING_LENGTH - 1));
  };
}

function whole(bytes: Buffer): Telegram | undefined {
  const inner = [...bytes.subarray(BEGINNING_LENGTH, -2)];
  const [address, command, ...data] = inner;
  if (address === undefined || command === undefined) return undefined;
  if (bytes.at(-1) !== ENDING || bytes.at(-2) !== sumOfAll(inner)) return undefined;
  return { address, command, data };
}

function sumOfAll(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => sum + byte, 0) % 256;
}
