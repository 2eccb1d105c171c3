/**
 * The camera's own clock. It is set once, by hand or by a time server, and drifts from then on.
 */
export interface CameraClock {
  /** Milliseconds since 1970, as the camera believes. */
  time(): number;
  source(): 'Manual' | 'NTP';
  /** Puts it off by so much more than it already is; negative: back. */
  drift(byMs: number): void;
  /** Somebody sets it. */
  set(timeMs: number): void;
  /** A time server sets it right. */
  synchronise(): void;
}

/** A clock over the true time `now`. */
export function cameraClock(now: () => number): CameraClock {
  let offsetMs = 0;
  let source: 'Manual' | 'NTP' = 'NTP';
  return {
    time: () => now() + offsetMs,
    source: () => source,
    drift: (byMs) => void (offsetMs += byMs),
    set(timeMs) {
      offsetMs = timeMs - now();
      source = 'Manual';
    },
    synchronise() {
      offsetMs = 0;
      source = 'NTP';
    },
  };
}

/** `2026-01-01T00:00:00Z`: cameras write no fractions. */
export function xmlTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
