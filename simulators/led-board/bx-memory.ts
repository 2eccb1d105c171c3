/**
 * The dynamic areas of a BX card (manual, section 8.2.1): limited in number and size, written at most once a second, deleted by the card
 * itself when their time-out passes, and gone with the power. A timer runs only while an area has a time-out.
 */
import { pictureOf, type AreaPicture } from './bx-picture.ts';

export interface AreaMemory {
  /** Oldest first. */
  pictures(): AreaPicture[];
  numbers(): number[];
  /** Carries out the payload of A3 06; the number of an error, 0 for none. */
  change(payload: Buffer): number;
  clear(): void;
}

export interface AreaMemoryOptions {
  limits: { areas: number; bytes: number };
  fonts: readonly string[];
  /** Runs what changes an area by itself. */
  changing: (act: () => void) => void;
  /** An area was written again too soon. */
  onTooSoon: () => void;
}

const REFRESH_MS = 1_000;
/** Timers and arrival wobble a little; a refresh so much too soon is none. */
const REFRESH_TOLERANCE_MS = 60;

export function areaMemory({ limits, fonts, changing, onTooSoon }: AreaMemoryOptions): AreaMemory {
  const areas = new Map<number, { picture: AreaPicture; timer: NodeJS.Timeout | undefined }>();
  const writtenAt = new Map<number, number>();

  const remove = (number: number) => {
    clearTimeout(areas.get(number)?.timer);
    areas.delete(number);
  };
  const put = (picture: AreaPicture) => {
    const { number, deleteAfterSeconds } = picture;
    const now = performance.now();
    if (now - (writtenAt.get(number) ?? -Infinity) < REFRESH_MS - REFRESH_TOLERANCE_MS) onTooSoon();
    writtenAt.set(number, now);
    remove(number);
    const forget = () => changing(() => remove(number));
    const timer = deleteAfterSeconds === undefined ? undefined : setTimeout(forget, deleteAfterSeconds * 1_000);
    areas.set(number, { picture, timer });
  };
  const read = (bytes: Buffer): AreaPicture | number => {
    const picture = bytes.length > limits.bytes ? 4 : pictureOf(bytes, fonts);
    return typeof picture !== 'number' && picture.number >= limits.areas ? 4 : picture;
  };
  return {
    pictures: () => [...areas.values()].map(({ picture }) => picture),
    numbers: () => [...areas.keys()],
    change(payload) {
      const removals = payload[0] ?? 0;
      const listed = removals === 0xff ? 0 : removals;
      const pieces = splitAreas(payload.subarray(1 + listed));
      if (pieces === undefined) return 10;
      const pictures: AreaPicture[] = [];
      for (const piece of pieces) {
        const picture = read(piece);
        if (typeof picture === 'number') return picture;
        pictures.push(picture);
      }
      const gone = removals === 0xff ? [...areas.keys()] : [...payload.subarray(1, 1 + listed)];
      gone.forEach(remove);
      pictures.forEach(put);
      return 0;
    },
    clear() {
      [...areas.keys()].forEach(remove);
      writtenAt.clear();
    },
  };
}

/** The areas of a request: a count, then each with its length in front; undefined when the lengths do not add up. */
function splitAreas(bytes: Buffer): Buffer[] | undefined {
  const areas: Buffer[] = [];
  let at = 1;
  for (let left = bytes[0] ?? 0; left > 0; left -= 1) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + bytes.readUInt16LE(at);
    areas.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at === bytes.length ? areas : undefined;
}
