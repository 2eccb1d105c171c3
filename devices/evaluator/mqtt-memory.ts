/**
 * What the driver of one tablet must not forget in a restart, kept as one cursor in the same transaction as the events: the
 * evaluation that is open, those that were decided last, and what the screen shows.
 */
import { z } from 'zod';
import { evaluator, levelSchema } from './kind.ts';
import { stampSchema } from './stamp.ts';

const visitSchema = evaluator.commands['start-evaluation'].input.omit({ timeoutSeconds: true });

export type PromptedVisit = z.output<typeof visitSchema>;

const openSchema = z.strictObject({
  id: z.string(),
  visit: visitSchema,
  begun: stampSchema,
  timeoutMs: z.number().positive(),
  /** True once `evaluation.requested` is recorded: the tablet said that it shows the prompt. */
  shown: z.boolean(),
});

export type OpenEvaluation = z.output<typeof openSchema>;

const decidedSchema = z.strictObject({
  id: z.string(),
  visitId: z.string().optional(),
  /** The message that decided it: the same again is a repetition, another one comes too late. */
  messageId: z.string().optional(),
  rated: z.boolean(),
});

export type Decided = z.output<typeof decidedSchema>;

const displaySchema = z.strictObject({
  ticketNumber: z.string().optional(),
  waitingCount: z.number().optional(),
  stars: levelSchema.optional(),
  paused: z.boolean().optional(),
});

export type Display = z.output<typeof displaySchema>;

const memorySchema = z.strictObject({
  evaluation: openSchema.optional(),
  /** Newest last. */
  decided: z.array(decidedSchema).default([]),
  display: displaySchema.default({}),
  lastLevel: levelSchema.optional(),
});

export type TabletMemory = z.output<typeof memorySchema>;

export const TABLET_CURSOR = 'tablet';

/** So many evaluations are remembered for tablets that repeat an old message; natural keys guard what is older. */
const DECIDED_MAX = 64;

/** The memory as it was stored; one that this version does not understand is forgotten. */
export function tabletMemoryFrom(stored: unknown): TabletMemory {
  const read = memorySchema.safeParse(stored ?? {});
  return read.success ? read.data : { decided: [], display: {} };
}

/** The list with one more at its end, the oldest gone when it is full. */
export function remembered(decided: readonly Decided[], entry: Decided): Decided[] {
  return [...decided, entry].slice(-DECIDED_MAX);
}
