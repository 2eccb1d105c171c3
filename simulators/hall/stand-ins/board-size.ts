/**
 * How large a board is, as far as hall.yaml tells: its areas cover it.
 */
import { z } from 'zod';
import type { DeviceEntry } from '../hall-file.ts';

const side = z.number().catch(0);
const areasSchema = z.array(z.looseObject({ x: side, y: side, width: side, height: side })).min(1);

/** Pixels of a window's board when the file does not say. */
const USUAL = { width: 128, height: 32 };

export function boardSize({ areas }: DeviceEntry): { width: number; height: number } {
  const read = areasSchema.safeParse(areas);
  if (!read.success) return USUAL;
  return {
    width: Math.max(...read.data.map(({ x, width }) => x + width)),
    height: Math.max(...read.data.map(({ y, height }) => y + height)),
  };
}
