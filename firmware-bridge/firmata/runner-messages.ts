/**
 * What the gateway and a runner say to each other. A runner is a process or thread of its own in which johnny-five lives:
 * whatever goes wrong there ends one runner, never the gateway.
 */
import { z } from 'zod';
import type { LineSettings } from '../../gateway/kernel/line-settings.ts';
import type { StockPins } from './stock-pins.ts';

/** A board is a number in one runner, given by the host and never used twice. */
export type ToRunner =
  | { do: 'open'; board: number; line: LineSettings; stock?: StockPins }
  /** A sysex of ours: command 1 to 15, 7-bit data. */
  | { do: 'say'; board: number; command: number; data: number[] }
  /** Drives an output of a board with stock firmware. */
  | { do: 'switch'; board: number; output: string; mode: OutputMode }
  | { do: 'close'; board: number }
  | { do: 'ping' };

/** How an output of a board is driven. */
export type OutputMode = 'off' | 'on' | 'blink';

const board = z.int().nonnegative();
/** How many boards the runner has made by now, each of which the library keeps. */
const boardsMade = z.int().nonnegative();

export const fromRunnerSchema = z.discriminatedUnion('said', [
  z.strictObject({ said: z.literal('pong') }),
  /** Line open, handshake of Firmata done. */
  z.strictObject({ said: z.literal('up'), board, firmware: z.string(), boardsMade }),
  z.strictObject({ said: z.literal('down'), board, code: z.string(), message: z.string(), boardsMade }),
  z.strictObject({ said: z.literal('heard'), board, command: z.int(), data: z.array(z.int()) }),
  /** An input of a board with stock firmware changed. */
  z.strictObject({ said: z.literal('input'), board, input: z.string(), active: z.boolean() }),
]);

export type FromRunner = z.output<typeof fromRunnerSchema>;
