/**
 * The program under the recorder: several producers, a device with a cursor and natural keys, and a centre that confirms.
 * Every acknowledgement is written down, so the record shows what had been acknowledged at each moment.
 *
 * Arguments: folder, engine, appends a producer.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CLOCK_SOURCE, draft, openTestSpool } from '../proving-ground.ts';
import { ENGINES, type EngineName } from './engines.ts';

export const ACKNOWLEDGED_FILE = 'acknowledged';
/** So small that the log is moved into the table every few appends. */
export const WORKLOAD_QUOTA_BYTES = 4 * 1024 * 1024;

export type Acknowledgement =
  { kind: 'event'; sequence: number; id: string; cursor?: number } | { kind: 'confirmed'; through: number };

const PRODUCERS = 3;

async function main(folder: string, engine: EngineName, appends: number): Promise<void> {
  const spool = await openTestSpool(folder, { openEngine: ENGINES[engine], quotaBytes: WORKLOAD_QUOTA_BYTES });
  const file = openSync(join(folder, ACKNOWLEDGED_FILE), 'w');
  const acknowledge = (news: Acknowledgement) => writeSync(file, `${JSON.stringify(news)}\n`);

  const produce = async (producer: number) => {
    for (let n = 1; n <= appends; n += 1) {
      const [recorded] = await spool.append({ drafts: [draft(n, { data: { producer, text: 'x'.repeat(n % 700) } })] });
      if (recorded) acknowledge({ kind: 'event', sequence: recorded.sequence, id: recorded.id });
    }
  };
  const clock = async () => {
    for (let n = 1; n <= appends; n += 1) {
      const [recorded] = await spool.append({
        drafts: [draft(n, { source: CLOCK_SOURCE, naturalKey: String(n), data: { punch: n } })],
        cursors: [{ owner: 'door', name: 'log', value: n }],
      });
      if (recorded) acknowledge({ kind: 'event', sequence: recorded.sequence, id: recorded.id, cursor: n });
    }
  };
  const centre = async () => {
    for (let through = 0; through < appends; through += 10) {
      await spool.append({ drafts: [draft(0)] });
      await spool.confirm(through);
      acknowledge({ kind: 'confirmed', through });
    }
  };
  await Promise.all([...Array.from({ length: PRODUCERS }, (_, index) => produce(index)), clock(), centre()]);
  // The power fails before anything is closed.
  process.exit(0);
}

const [, program, folder, engine, appends] = process.argv;
if (program === import.meta.filename && folder) await main(folder, engine as EngineName, Number(appends));
