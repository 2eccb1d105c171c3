/**
 * A mistake in hall.yaml as a person needs it: where, what, and what to type instead, in both languages.
 */
import type { ErrorCode } from '../kernel/errors.ts';

export interface Bilingual {
  en: string;
  zh: string;
}

export type SettingsPath = readonly (string | number)[];

export interface Mistake {
  /** 1-based; 0 when the file itself is the mistake. */
  line: number;
  column: number;
  /** As a person would say it: `devices[3].address`; empty for the whole file. */
  path: string;
  code: ErrorCode;
  reason: Bilingual;
  hint: Bilingual;
  /** The line of the file, secrets masked; empty when there is none. */
  source: string;
}

/** A mistake that knows its place in the tree, not yet in the text. */
export interface Finding {
  path: SettingsPath;
  /** Which half of the pair to point at. */
  at: 'key' | 'value';
  code: ErrorCode;
  reason: Bilingual;
  hint: Bilingual;
  /** The other place that this is about: `{line}` in the reason becomes its line. */
  other?: SettingsPath;
}

/** `['devices', 3, 'address']` as `devices[3].address`. */
export function pathText(path: SettingsPath): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}
