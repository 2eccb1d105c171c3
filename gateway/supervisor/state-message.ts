/**
 * The two retained messages that the supervisor puts up: the state of one device, the inventory of all.
 */
import { z } from 'zod';
import { PRESENCES, type Presence } from './presence-machine.ts';

const presenceSchema = z.enum(PRESENCES).describe('whether the device is there');

/** An error as a message tells it. */
export const reasonSchema = z.object({
  code: z.string().describe('a code from docs/errors.md'),
  message: z.string(),
  hint: z.string().describe('what to do next'),
});

export type Reason = z.output<typeof reasonSchema>;

/** Payload of a state topic; `data` is in the words of the device's kind, null before the first. */
export const stateMessageSchema = z.object({
  time: z.iso.datetime().describe('when this was said'),
  presence: presenceSchema,
  since: z.iso.datetime().describe('since when the presence is this one'),
  reason: reasonSchema.optional().describe('why the device is silent or offline'),
  window: z.string().optional(),
  name: z.string().optional(),
  data: z.unknown().describe('the state of the kind, or null'),
});

/** One device of the inventory. */
export const inventoryDeviceSchema = z.object({
  device: z.string(),
  kind: z.string(),
  wire: z.string(),
  name: z.string().optional(),
  window: z.string().optional(),
  presence: presenceSchema,
  since: z.iso.datetime(),
  model: z.string().optional(),
  serial: z.string().optional(),
  firmware: z.string().optional(),
  address: z.string().optional(),
  lastSeen: z.iso.datetime().optional().describe('as of this message; it alone causes no new one'),
});

/** Payload of the inventory topic. */
export const inventorySchema = z.object({
  time: z.iso.datetime(),
  devices: z.array(inventoryDeviceSchema),
});

export type InventoryDevice = z.input<typeof inventoryDeviceSchema>;

/** How many devices have each presence. */
export type PresenceCounts = Record<Presence, number>;

export function countPresences(presences: Iterable<Presence>): PresenceCounts {
  const counts: PresenceCounts = { unknown: 0, online: 0, silent: 0, offline: 0 };
  for (const presence of presences) counts[presence] += 1;
  return counts;
}
