/**
 * Bits one after the other, most significant first, as video and picture formats pack them.
 */
export interface BitWriter {
  /** The lowest `count` bits of `value`, up to 32. */
  bits(value: number, count: number): void;
  /** Fills the last byte with ones or zeros and hands over all bytes. */
  finish(filling: 0 | 1): Buffer;
}

export function bitWriter(): BitWriter {
  const bytes: number[] = [];
  let pending = 0;
  let count = 0;
  const bit = (value: number) => {
    pending = (pending << 1) | value;
    count += 1;
    if (count < 8) return;
    bytes.push(pending);
    pending = 0;
    count = 0;
  };
  return {
    bits(value, wanted) {
      for (let at = wanted - 1; at >= 0; at -= 1) bit((value >>> at) & 1);
    },
    finish(filling) {
      while (count > 0) bit(filling);
      return Buffer.from(bytes);
    },
  };
}
