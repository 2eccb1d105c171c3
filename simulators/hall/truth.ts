/**
 * What truly happened in the hall, in the order in which the devices saw it: kept in memory for the comparison, and written
 * to a file as JSON lines when somebody wants to look (`--record`).
 */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Happening } from './stand-in.ts';

export interface Truth {
  readonly happenings: readonly Happening[];
  enter(happening: Happening): void;
  /** Resolves when everything is in the file. */
  close(): Promise<void>;
}

/** @throws Error when the file cannot be written. */
export async function openTruth(file?: string): Promise<Truth> {
  const happenings: Happening[] = [];
  if (file === undefined) {
    return { happenings, enter: (happening) => void happenings.push(happening), close: () => Promise.resolve() };
  }
  const out = createWriteStream(file, { flags: 'a' });
  await once(out, 'open');
  return {
    happenings,
    enter(happening) {
      happenings.push(happening);
      out.write(`${JSON.stringify(happening)}\n`);
    },
    async close() {
      out.end();
      await once(out, 'close');
    },
  };
}
