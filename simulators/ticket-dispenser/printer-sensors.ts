/**
 * What the printer's sensors feel, and how it says so.
 */
export interface Sensors {
  paper: 'ok' | 'near-end' | 'out';
  coverOpen: boolean;
  cutterJammed: boolean;
  broken: boolean;
  /** Taken off the line by its own panel. */
  switchedOffline: boolean;
}

export function allWell(): Sensors {
  return { paper: 'ok', coverOpen: false, cutterJammed: false, broken: false, switchedOffline: false };
}

export function isOffline(sensors: Sensors): boolean {
  const { paper, coverOpen, cutterJammed, broken, switchedOffline } = sensors;
  return paper === 'out' || coverOpen || cutterJammed || broken || switchedOffline;
}

/** The byte that answers DLE EOT n; undefined for an n that it does not know. */
export function realTimeByte(which: number, sensors: Sensors): number | undefined {
  const { paper, coverOpen, cutterJammed, broken } = sensors;
  switch (which) {
    case 1:
      return bits(0x12, [0x08, isOffline(sensors)]);
    case 2:
      return bits(0x12, [0x04, coverOpen], [0x20, paper === 'out'], [0x40, cutterJammed || broken]);
    case 3:
      return bits(0x12, [0x08, cutterJammed], [0x20, broken]);
    case 4:
      return bits(0x12, [0x0c, paper !== 'ok'], [0x60, paper === 'out']);
    default:
      return undefined;
  }
}

/** The four bytes that it says unasked. */
export function automaticBytes(sensors: Sensors): Uint8Array {
  const { coverOpen, cutterJammed, broken } = sensors;
  return Uint8Array.of(
    bits(0x10, [0x08, isOffline(sensors)], [0x20, coverOpen]),
    bits(0x00, [0x08, cutterJammed], [0x20, broken]),
    paperByte(sensors),
    0x0f,
  );
}

export function paperByte({ paper }: Sensors): number {
  return bits(0x00, [0x03, paper !== 'ok'], [0x0c, paper === 'out']);
}

function bits(fixed: number, ...flags: (readonly [number, boolean])[]): number {
  return flags.reduce((byte, [mask, on]) => (on ? byte | mask : byte), fixed);
}
