/**
 * What the process of the simulated hall and its owner say to each other (bench/hall-process.ts, bench/simulated-hall.ts).
 */
import { z } from 'zod';

const hookSchema = z.enum(['uplink', 'gateway']);
const hookDeedSchema = z.enum(['pull-uplink', 'plug-uplink', 'kill-gateway']);
export type HookDeed = z.output<typeof hookDeedSchema>;

/** A day, or a part of it, to be lived. */
export const dayOrderSchema = z.strictObject({
  seed: z.int(),
  /** In the whole day, of which only a part may be lived. */
  visits: z.int(),
  staff: z.int(),
  fromHour: z.number(),
  throughHour: z.number(),
  /** Simulated seconds a second. */
  speed: z.number(),
  faultsPerHour: z.number(),
  /** Faults beyond the devices, which the owner carries out. */
  hooks: z.array(hookSchema),
});
export type DayOrder = z.output<typeof dayOrderSchema>;

/** From the owner to the hall. */
export const orderSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('live'), day: dayOrderSchema }),
  z.strictObject({ do: z.literal('rest') }),
  z.strictObject({ do: z.literal('leave') }),
]);
export type Order = z.output<typeof orderSchema>;

const happeningSchema = z.strictObject({
  device: z.string(),
  kind: z.string(),
  atMs: z.number(),
  what: z.string(),
  data: z.record(z.string(), z.unknown()),
  maybe: z.literal(true).exactOptional(),
});

/** What became of a day. */
export const lifeSchema = z.strictObject({
  done: z.int(),
  /** How often each was refused. */
  refused: z.record(z.string(), z.int()),
  lagMs: z.number(),
  /** How many faults of each phase: begun, ended, refused, stuck. */
  faults: z.record(z.string(), z.int()),
});
export type LivedDay = z.output<typeof lifeSchema>;

/** From the hall to its owner. */
export const newsSchema = z.discriminatedUnion('said', [
  z.strictObject({ said: z.literal('standing'), speaks: z.array(z.tuple([z.string(), z.array(z.string())])) }),
  z.strictObject({ said: z.literal('happened'), happenings: z.array(happeningSchema) }),
  z.strictObject({ said: z.literal('hook'), deed: hookDeedSchema }),
  z.strictObject({ said: z.literal('lived'), life: lifeSchema }),
]);
export type News = z.output<typeof newsSchema>;
