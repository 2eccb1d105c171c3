/**
 * For tests: a real spool in a fresh folder that shows what was appended, can hold its commits back as a refusing disk
 * does, and can be opened again as the next boot does. It is gone after the test.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Draft } from '../kernel/event.ts';
import type { Append, Spool } from '../spool/port.ts';
import { systemClock } from '../kernel/clock.ts';
import { collectingLog } from '../kernel/log.ts';
import { deferred, type Deferred } from '../kernel/waiting.ts';
import { openSpool } from '../spool/spool.ts';
import { PLACE } from '../supervisor/testing-hall.ts';

export interface TestingSpool extends Pick<Spool, 'append' | 'cursor' | 'cursors'> {
  /** What became an event, in order, over all openings. */
  readonly drafts: readonly Draft[];
  /** Appends so far, held ones included. */
  readonly asked: number;
  /** From now on nothing commits until the returned function is called. */
  hold(): () => void;
  /** Cuts this spool off from its file, and opens the file afresh. */
  reopen(): Promise<TestingSpool>;
}

const QUOTA_BYTES = 64 * 1024 * 1024;

export async function testingSpool(): Promise<TestingSpool> {
  const directory = await mkdtemp(join(tmpdir(), 'hall-spool-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return opened(directory, []);
}

async function opened(directory: string, drafts: Draft[]): Promise<TestingSpool> {
  const options = { directory, place: PLACE, clock: systemClock(), log: collectingLog(), quotaBytes: QUOTA_BYTES };
  const spool = await openSpool(options);
  onTestFinished(() => spool.close());
  let gate: Deferred<void> | undefined;
  let asked = 0;
  const append = async (given: Append) => {
    asked += 1;
    await gate?.promise;
    const recorded = await spool.append(given);
    drafts.push(...given.drafts.filter((_draft, index) => recorded[index]?.repeated === false));
    return recorded;
  };
  return {
    drafts,
    get asked() {
      return asked;
    },
    hold() {
      const held = deferred<void>();
      gate = held;
      return () => {
        gate = undefined;
        held.resolve();
      };
    },
    append,
    cursor: (owner, name) => spool.cursor(owner, name),
    cursors: (owner) => spool.cursors(owner),
    async reopen() {
      await spool.close();
      return opened(directory, drafts);
    },
  };
}
