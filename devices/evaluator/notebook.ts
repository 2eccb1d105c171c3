/**
 * A driver's memory while it runs: changed at once, written with the events that it belongs to.
 */
import type { Hall, Recorded } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { parseJson } from '../../gateway/kernel/json.ts';
import type { Evaluator } from './kind.ts';

export interface Notebook<Memory> {
  readonly memory: Memory;
  change(changes: Partial<Memory>): void;
  /**
   * Records the occurrences together with the memory as it is now. Calls become durable in their order, so the newest
   * memory is the last one written.
   */
  record(occurrences: readonly Occurrence[]): Promise<Recorded[]>;
}

/** Opens the notebook where the last run of this driver left it; `read` makes sense of what was stored under `cursor`. */
export async function openNotebook<Memory extends object>(
  hall: Hall<Evaluator>,
  cursor: string,
  read: (stored: unknown) => Memory,
): Promise<Notebook<Memory>> {
  let memory = read(await hall.cursor(cursor));
  return {
    get memory() {
      return memory;
    },
    change: (changes) => void (memory = { ...memory, ...changes }),
    record: (occurrences) => hall.record(occurrences, { name: cursor, value: parseJson(JSON.stringify(memory)) }),
  };
}
