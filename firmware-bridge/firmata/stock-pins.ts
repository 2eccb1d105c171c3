/**
 * Pins of a board with stock firmware (StandardFirmata), by the names of what hangs on them. Without our firmware there is
 * no memory on the board: a press while the line is down, or shorter than johnny-five's sampling, is lost.
 */
import { z } from 'zod';

const pin = z.int().min(2).max(69).describe('number of the pin, as printed on the board');

export const stockPinsSchema = z
  .strictObject({
    keys: z.record(z.string().regex(/^[1-9]\d?$/), pin).describe('key number -> pin; the key closes to ground'),
    lamps: z
      .record(z.string().regex(/^[1-9]\d?$/), pin)
      .default({})
      .describe('lamp number -> pin'),
    buzzer: pin.optional().describe('pin of the relay or buzzer'),
    paper: pin.optional().describe('pin of the paper sensor; low: no paper'),
  })
  .superRefine(({ keys, lamps, buzzer, paper }, context) => {
    const used = [...Object.values(keys), ...Object.values(lamps), buzzer, paper].filter((each) => each !== undefined);
    if (new Set(used).size < used.length) context.addIssue({ code: 'custom', message: 'two of them are on one pin' });
  });

export type StockPins = z.output<typeof stockPinsSchema>;
