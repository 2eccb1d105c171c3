/**
 * Chance that can be repeated: the same seed gives the same run, so a failure found once can be looked at twice.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number, both ends included. */
  int(min: number, max: number): number;
  /** True with this probability; 0 is never, 1 is always. */
  chance(rate: number): boolean;
  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T;
  bytes(count: number): Uint8Array;
  /** A generator of its own for another part, so that parts do not disturb each other's sequence. */
  fork(): Random;
}

/** Mulberry32 (T. Ettinger, public domain): 32 bits of state are plenty for faults and test traffic. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const word = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = () => word() / 2 ** 32;
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    chance: (rate) => next() < rate,
    pick(list) {
      if (list.length === 0) throw new RangeError('nothing to pick from');
      return list[int(0, list.length - 1)] as (typeof list)[number];
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => int(0, 255)),
    fork: () => seededRandom(word()),
  };
}
