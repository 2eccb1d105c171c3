/**
 * What the driver of a hall board must not forget in a restart: how far the board's records were read, and which evaluation
 * is open; one cursor, in the same transaction as the events.
 */
import { z } from 'zod';
import { positionSchema } from '../../firmware-bridge/firmata/board-position.ts';
import { evaluationMemory } from './evaluations.ts';

const memorySchema = z.strictObject({ position: positionSchema.optional(), ...evaluationMemory });
export type FirmataMemory = z.output<typeof memorySchema>;

export const FIRMATA_CURSOR = 'board';

/** The memory as it was stored; one that this version does not understand is forgotten. */
export function firmataMemoryFrom(stored: unknown): FirmataMemory {
  const result = memorySchema.safeParse(stored ?? {});
  return result.success ? result.data : {};
}
