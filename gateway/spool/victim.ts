/**
 * A process that appends as fast as it can and says on standard output what was acknowledged, until somebody kills it.
 *
 * Arguments: folder of the spool, and the engine (the spool's own when absent).
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../kernel/clock.ts';
import { ENGINES, type EngineName } from './power/engines.ts';
import { draft, openTestSpool } from './proving-ground.ts';

const PRODUCERS = 16;
const CONFIRM_EVERY = 200;
const STANDARD_OUTPUT = 1;

const [, , folder = '', engine = 'spool'] = process.argv;
const spool = await openTestSpool(folder, { clock: systemClock(), openEngine: ENGINES[engine as EngineName] });

async function produce(): Promise<never> {
  for (;;) {
    const [recorded] = await spool.append({ drafts: [draft(1)] });
    if (!recorded) continue;
    writeSync(STANDARD_OUTPUT, `${recorded.sequence} ${recorded.id}\n`);
    if (recorded.sequence % CONFIRM_EVERY === 0) await spool.confirm(recorded.sequence - CONFIRM_EVERY / 2);
  }
}

await Promise.all(Array.from({ length: PRODUCERS }, produce));
