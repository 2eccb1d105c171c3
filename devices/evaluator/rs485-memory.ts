/**
 * What one device's driver must not forget in a restart, kept as one cursor in the same transaction as the events: which
 * frame it heard last, and which evaluation is open. And the rule that tells a repetition from a second press.
 *
 * Frames carry no number, so the same bytes twice may be one press that was repeated because our acknowledgement was late
 * or lost, or two presses. What is known about the device: it repeats every few hundred milliseconds until it is
 * acknowledged. Hence:
 *   - Acknowledged: the device has no reason to repeat, unless the acknowledgement was lost. The same frame within
 *     `repeatWindowMs` after the last one is a repetition (it is acknowledged again); later it is a new press.
 *   - Not acknowledged (the commit is pending, the bus dropped, the gateway died in between): the device is still asking, so
 *     within `unansweredWindowMs` it is the same press. But a device that asks is heard: after `ASKS_AGAIN_MS` of listening in
 *     which it said nothing, it has its acknowledgement or has given up, and the next frame is a new press.
 * "Acknowledged" is written after the acknowledgement left. Should the power fail between the two, only a second press of the
 * same key within that time after the restart is taken for the first.
 */
import { z } from 'zod';
import type { Clock } from '../../gateway/kernel/clock.ts';
import { evaluationMemory } from './evaluations.ts';
import { ageMs, stampSchema } from './stamp.ts';

const heardSchema = z.strictObject({ hex: z.string(), at: stampSchema, acknowledged: z.boolean() });
export type Heard = z.output<typeof heardSchema>;

const memorySchema = z.strictObject({
  /** Caller and evaluator share an address but are two devices: each repeats on its own. */
  caller: heardSchema.optional(),
  evaluator: heardSchema.optional(),
  ...evaluationMemory,
});
export type Memory = z.output<typeof memorySchema>;

export const MEMORY_CURSOR = 'memory';

/** The memory as it was stored; one that this version does not understand is forgotten. */
export function memoryFrom(stored: unknown): Memory {
  const result = memorySchema.safeParse(stored ?? {});
  return result.success ? result.data : {};
}

export interface RepeatWindows {
  repeatWindowMs: number;
  unansweredWindowMs: number;
}

/** A device that waits for its acknowledgement is heard again well within this. */
export const ASKS_AGAIN_MS = 2_000;

/** Is this frame the one that was heard last, said again? `listenedMs`: how long the device could be heard and said nothing. */
export function isRepetition(
  last: Heard | undefined,
  hex: string,
  windows: RepeatWindows,
  { clock, listenedMs }: { clock: Clock; listenedMs: number },
): boolean {
  if (last?.hex !== hex) return false;
  if (last.acknowledged) return ageMs(last.at, clock) <= windows.repeatWindowMs;
  return (
    listenedMs <= Math.max(ASKS_AGAIN_MS, windows.repeatWindowMs) && ageMs(last.at, clock) <= windows.unansweredWindowMs
  );
}
