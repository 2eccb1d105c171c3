/**
 * The driver's memory while it runs: changed at once, written with the events that it belongs to.
 */
import type { Hall, Recorded } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { parseJson } from '../../gateway/kernel/json.ts';
import type { Evaluator } from './kind.ts';
import { MEMORY_CURSOR, memoryFrom, type Memory } from './rs485-memory.ts';

export interface Notebook {
  readonly memory: Memory;
  change(changes: Partial<Memory>): void;
  /**
   * Records the occurrences together with the memory as it is now. Calls become durable in their order, so the newest
   * memory is the last one written.
   */
  record(occurrences: readonly Occurrence[]): Promise<Recorded[]>;
}

/** Opens the notebook where the last run of this driver left it. */
export async function openNotebook(hall: Hall<Evaluator>): Promise<Notebook> {
  let memory = memoryFrom(await hall.cursor(MEMORY_CURSOR));
  return {
    get memory() {
      return memory;
    },
    change: (changes) => void (memory = { ...memory, ...changes }),
    record: (occurrences) =>
      hall.record(occurrences, { name: MEMORY_CURSOR, value: parseJson(JSON.stringify(memory)) }),
  };
}
