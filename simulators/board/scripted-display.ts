/** The display of a scripted board: it keeps what it was told, not the dots. */
import { SETTING, type ScriptedSettings } from './scripted-settings.ts';
import { numberOf, unpacked } from './wire-codec.ts';

export const FAULT = {
  none: 0,
  unknown: 1,
  length: 2,
  check: 3,
  range: 4,
  locked: 5,
  notFitted: 6,
  tooLong: 7,
  version: 9,
} as const;

/** What the display was last told; rows of a frame are bytes, eight per matrix. */
export type Shown =
  { what: 'dark' } | { what: 'digits' | 'text'; text: string } | { what: 'frame'; first: number; rows: number[] };

export interface ScriptedDisplay {
  shown(): Shown;
  onShown(listener: (shown: Shown) => void): () => void;
  clear(): void;
  /** On whatever is fitted. */
  showText(text: string): void;
  /** Carries out a display command; the fault, 0 for none. */
  command(payload: readonly number[]): number;
}

const DIGITS = 1;
const TEXT_MAX = 8;
const BRIGHTNESS_MAX = 15;

export function scriptedDisplay(settings: ScriptedSettings): ScriptedDisplay {
  let shown: Shown = { what: 'dark' };
  const listeners = new Set<(shown: Shown) => void>();
  const show = (now: Shown) => {
    shown = now;
    for (const listener of listeners) listener(now);
  };
  const setting = (which: number) => numberOf(settings.get(which) ?? []);
  const showText = (text: string) => show({ what: setting(SETTING.display) === DIGITS ? 'digits' : 'text', text });
  const clear = () => show({ what: 'dark' });
  const text = (kind: number, characters: readonly number[]) => {
    if (setting(SETTING.display) !== kind) return FAULT.notFitted;
    if (characters.length > TEXT_MAX) return FAULT.length;
    if (characters.some((character) => character < 0x20 || character > 0x7e)) return FAULT.range;
    showText(Buffer.from(characters).toString('latin1'));
    return FAULT.none;
  };
  const frame = ([first, count, ...septets]: readonly number[]) => {
    if (first === undefined || count === undefined) return FAULT.length;
    if (count === 0 || first + count > setting(SETTING.displays)) return FAULT.range;
    if (septets.length !== Math.ceil((count * 64) / 7)) return FAULT.length;
    show({ what: 'frame', first, rows: unpacked(septets).slice(0, 8 * count) });
    return FAULT.none;
  };
  const dim = ([level, ...more]: readonly number[]) => {
    if (level === undefined || more.length > 0) return FAULT.length;
    return level > BRIGHTNESS_MAX ? FAULT.range : FAULT.none;
  };
  const wipe = (rest: readonly number[]) => {
    if (rest.length > 0) return FAULT.length;
    clear();
    return FAULT.none;
  };
  const orders = [wipe, text.bind(undefined, 1), text.bind(undefined, 2), frame, dim];
  return {
    shown: () => shown,
    onShown(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear,
    showText,
    command([what = 0, ...rest]) {
      if (setting(SETTING.display) === 0) return FAULT.notFitted;
      return orders[what]?.(rest) ?? FAULT.range;
    },
  };
}
