/**
 * How far a board's ring was read; belongs into the transaction of the events.
 */
import { z } from 'zod';

export const positionSchema = z.strictObject({
  /** The board's serial number, or the line of a board that has none. */
  board: z.string(),
  /** Counts up with every other board, and when a board begins its numbers anew. */
  ring: z.int().nonnegative(),
  through: z.int().nonnegative(),
});

export type Position = z.output<typeof positionSchema>;
