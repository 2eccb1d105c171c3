/**
 * The spool on its own: durable ingest with many producers, reading, and whether two million stored rows slow either down.
 */
import { join } from 'node:path';
import { systemClock } from '../gateway/kernel/clock.ts';
import type { Draft } from '../gateway/kernel/event.ts';
import { jsonLog } from '../gateway/kernel/log.ts';
import type { Spool } from '../gateway/spool/port.ts';
import { openSpool } from '../gateway/spool/spool.ts';

import type { Measurement, Size } from './figure.ts';
import { median } from './statistics.ts';
import { numberText } from './table.ts';
import { withWorkFolder } from './work-folder.ts';

interface SpoolSizes {
  shallowRows: number;
  deepRows: number;
  rounds: number;
  ingestRoundMs: number;
  readRows: number;
}

const SIZES: Record<Size, SpoolSizes> = {
  full: { shallowRows: 10_000, deepRows: 2_000_000, rounds: 9, ingestRoundMs: 1_000, readRows: 100_000 },
  quick: { shallowRows: 500, deepRows: 2_000, rounds: 1, ingestRoundMs: 100, readRows: 1_000 },
};
const PRODUCERS = 64;
const FILL_AT_ONCE = 5_000;
const READ_AT_ONCE = 500;
const DELETED_WITH_A_COMMIT = 2_000;
const READ_BYTES_MAX = 1_000_000;
const INGEST_BUDGET = 40_000;
/** What the uplink may take from the spool: twice what it sends one by one. */
const READ_BUDGET = 80_000;
/** Rates at depth may be a tenth lower. */
const DEPTH_RATIO = 0.9;

const DRAFT: Draft = {
  topic: 'hall/v1/north/evaluator/window-17/event/hall.evaluation.submitted.v1',
  source: '/halls/north/gateways/box-1/evaluator/window-17',
  type: 'hall.evaluation.submitted.v1',
  class: 'record',
  data: { window: '17', level: 5, reasons: [] },
};

/** Takes about two minutes, most of which goes into filling the deep spool. */
export async function benchSpool(size: Size): Promise<Measurement[]> {
  const sizes = SIZES[size];
  return withWorkFolder(async (folder) => {
    const shallow = await openFilled(join(folder, 'shallow'), sizes.shallowRows);
    const deep = await openFilled(join(folder, 'deep'), sizes.deepRows);
    try {
      const read = await inTurn(sizes, shallow, deep, (spool) => readRate(spool, sizes.readRows));
      const ingest = await inTurn(sizes, shallow, deep, (spool) => ingestRate(spool, sizes.ingestRoundMs));
      return measurements(sizes, read, ingest);
    } finally {
      await shallow.close();
      await deep.close();
    }
  });
}

/** A spool and the depth at which it is measured. */
interface FilledSpool {
  spool: Spool;
  rows: number;
  close(): Promise<void>;
}

async function openFilled(directory: string, rows: number): Promise<FilledSpool> {
  const place = { hall: 'north', gateway: 'box-1' };
  const quotaBytes = 8 * 2 ** 30;
  const spool = await openSpool({ directory, place, clock: systemClock(), log: jsonLog('silent'), quotaBytes });
  for (let filled = 0; filled < rows; filled += FILL_AT_ONCE) {
    await spool.append({ drafts: Array.from({ length: Math.min(FILL_AT_ONCE, rows - filled) }, () => DRAFT) });
  }
  return { spool, rows, close: () => spool.close() };
}

/** Medians of the rounds, events a second. */
interface Rates {
  shallow: number;
  deep: number;
}

/** Both in turn, so that what else the machine does meets both; after each round the spool is as deep as before. */
async function inTurn(
  { rounds }: SpoolSizes,
  shallow: FilledSpool,
  deep: FilledSpool,
  round: (spool: Spool) => Promise<number>,
): Promise<Rates> {
  const rates: Rates[] = [];
  const roundOf = async ({ spool, rows }: FilledSpool) => {
    const rate = await round(spool);
    await trim(spool, rows);
    return rate;
  };
  for (let count = 0; count < rounds; count += 1) {
    rates.push({ shallow: await roundOf(shallow), deep: await roundOf(deep) });
  }
  return { shallow: median(rates.map((each) => each.shallow)), deep: median(rates.map((each) => each.deep)) };
}

/** Confirms the oldest rows and waits until they are gone: a few thousand leave with each commit, and a probe is one. */
async function trim(spool: Spool, rows: number): Promise<void> {
  const before = spool.status().depth;
  await spool.confirm(spool.status().head - rows);
  for (let left = before - rows; left > 0; left -= DELETED_WITH_A_COMMIT) await spool.probe();
}

/** Events a second, each producer waiting for the commit of its one event before it appends the next. */
async function ingestRate(spool: Spool, roundMs: number): Promise<number> {
  const startMs = performance.now();
  let events = 0;
  const produce = async () => {
    while (performance.now() - startMs < roundMs) {
      await spool.append({ drafts: [DRAFT] });
      events += 1;
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, produce));
  return (events * 1_000) / (performance.now() - startMs);
}

/** Rows a second from the oldest on, in chunks; a spool with fewer rows is read again from the start. */
async function readRate(spool: Spool, readRows: number): Promise<number> {
  const startMs = performance.now();
  let after = 0;
  let rows = 0;
  while (rows < readRows) {
    const events = await spool.read({ after, rowsMax: READ_AT_ONCE, bytesMax: READ_BYTES_MAX });
    rows += events.length;
    after = events.at(-1)?.sequence ?? 0;
  }
  return (rows * 1_000) / (performance.now() - startMs);
}

function measurements({ shallowRows, deepRows, rounds }: SpoolSizes, read: Rates, ingest: Rates): Measurement[] {
  const ingestNote = `${PRODUCERS} producers, one event each at a time, committed with synchronous=FULL; ${rounds} rounds`;
  const readNote = `chunks of ${READ_AT_ONCE} rows, ${rounds} rounds`;
  const rate = (name: string, value: number, atLeast: number, note: string): Measurement => ({
    ...{ name, value, unit: 'events/s', budget: { of: 'value', atLeast }, note },
  });
  const atDepth = (name: string, { deep, shallow }: Rates): Measurement => ({
    ...{ name: `${name} at ${numberText(deepRows)} rows`, value: deep, unit: 'events/s' },
    budget: { of: 'ratio', atLeast: DEPTH_RATIO },
    peer: { name: `at ${numberText(shallowRows)} rows`, value: shallow },
    note: `two spools in turn, ${rounds} rounds`,
  });
  return [
    rate('spool: durable ingest', ingest.shallow, INGEST_BUDGET, ingestNote),
    rate('spool: reading', read.shallow, READ_BUDGET, readNote),
    atDepth('spool: durable ingest', ingest),
    atDepth('spool: reading', read),
  ];
}
