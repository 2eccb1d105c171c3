/**
 * How a hall board is wired in each profile, as docs/firmware.md draws it: what a person at the case calls key 1 or
 * lamp 2, and which jumpers are set.
 */
export type BoardProfile = 'button-panel' | 'evaluator' | 'window-display';

export interface Fitting {
  /** Arduino pins of key 1, 2, ... */
  keyPins: readonly number[];
  /** Arduino pins of lamp 1, 2, ... */
  lampPins: readonly number[];
  paperPin: number | undefined;
  /** Pins that a jumper ties to ground. */
  jumperPins: readonly number[];
}

export const BUZZER_PIN = 7;
export const DISPLAY_SELECT_PIN = 10;
/** How the paper sensor is called in events. */
export const PAPER_KEY = 0x10;

export const FITTINGS: Readonly<Record<BoardProfile, Fitting>> = {
  'button-panel': { keyPins: [2, 3, 4, 5, 6, 15, 16, 17], lampPins: [9, 14], paperPin: 8, jumperPins: [] },
  evaluator: { keyPins: [2, 3, 4, 5, 6], lampPins: [14, 15, 16, 17, 8, 9], paperPin: undefined, jumperPins: [18] },
  'window-display': { keyPins: [], lampPins: [9], paperPin: undefined, jumperPins: [19] },
};

/** @throws RangeError when this profile has no such key. */
export function pinOfKey(fitting: Fitting, key: number): number {
  const pin = key === PAPER_KEY ? fitting.paperPin : fitting.keyPins[key - 1];
  if (pin === undefined) throw new RangeError(`this board has no key ${key}`);
  return pin;
}
