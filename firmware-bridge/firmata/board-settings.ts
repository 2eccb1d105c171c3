/**
 * Keys that every wire behind a board has in hall.yaml, and where its runner lives.
 */
import type { z } from 'zod';
import { nameSchema } from '../../gateway/kernel/names.ts';
import { stockPinsSchema } from './stock-pins.ts';

/** Spread them into a driver's schema. */
export const boardSettings = {
  line: nameSchema.describe('name of the line under `lines`; a hall board speaks 57600 baud'),
  runner: nameSchema
    .optional()
    .describe('boards with the same word share one helper process (less memory; one crash costs them all)'),
};

/** For wires that also work with a board that does not carry our firmware. */
export const stockSettings = {
  stock: stockPinsSchema
    .optional()
    .describe(
      'only for boards with StandardFirmata instead of our firmware: what is on which pin; presses may be lost',
    ),
};

export interface BoardSettings {
  line: string;
  runner?: string | undefined;
  stock?: z.output<typeof stockPinsSchema> | undefined;
}
