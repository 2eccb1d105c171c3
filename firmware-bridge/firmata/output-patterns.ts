/**
 * How lamps and buzzers of a board behave, by name.
 */
import type { OutputPattern } from './sysex-messages.ts';

export const STEADY: OutputPattern = { onMs: 1_000, offMs: 0, times: 0 };
export const DARK: OutputPattern = { onMs: 0, offMs: 0, times: 0 };
export const BLINKING: OutputPattern = { onMs: 500, offMs: 500, times: 0 };
export const BEEP: OutputPattern = { onMs: 120, offMs: 0, times: 1 };
