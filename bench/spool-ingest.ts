/**
 * The spool on its own: durable ingest with many producers, reading, and whether two million stored rows slow either down.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../gateway/kernel/clock.ts';
import type { Draft } from '../gateway/kernel/event.ts';
import { collectingLog } from '../gateway/kernel/log.ts';
import type { Spool } from '../gateway/spool/port.ts';
import { openSpool } from '../gateway/spool/spool.ts';
import type { Size } from './benchmarks.ts';
import type { Measurement } from './figure.ts';

const PRODUCERS = 64;
const INGEST_ROUND_MS = 1_000;
const SHALLOW_ROWS = 10_000;
const DEEP_ROWS = 2_000_000;
const FILL_AT_ONCE = 5_000;
const READ_ROWS_MAX = 500;
const READ_ROWS = 100_000;
const INGEST_BUDGET = 40_000;
const READ_BUDGET = 80_000;
/** Rates at depth may be a tenth lower. */
const DEPTH_RATIO = 0.9;
/** Each rate is the best of so many rounds: what the machine does besides only ever makes one slower. */
const ROUNDS = 6;

const DRAFT: Draft = {
  topic: 'hall/v1/north/evaluator/window-17/event/hall.evaluation.submitted.v1',
  source: '/halls/north/gateways/box-1/evaluator/window-17',
  type: 'hall.evaluation.submitted.v1',
  class: 'record',
  data: { window: '17', level: 5, reasons: [] },
};

/** Measures on the disk of the system's folder for temporary files; takes about a minute. */
export async function benchSpool(size: Size = 'full'): Promise<Measurement[]> {
  return withSpool((shallow) =>
    withSpool(async (deep) => {
      await fillTo(shallow, SHALLOW_ROWS);
      await fillTo(deep, size === 'full' ? DEEP_ROWS : SHALLOW_ROWS);
      const rounds = size === 'full' ? ROUNDS : 1;
      const read = await compare(readRate, shallow, deep, rounds);
      return measurementsOf(read, await compare(ingestRate, shallow, deep, rounds));
    }),
  );
}

async function withSpool<T>(work: (spool: Spool) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'spool-bench-'));
  const place = { hall: 'north', gateway: 'box-1' };
  const options = { directory, place, clock: systemClock(), log: collectingLog(), quotaBytes: 8 * 1024 ** 3 };
  const spool = await openSpool(options);
  try {
    return await work(spool);
  } finally {
    await spool.close();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Rates {
  shallow: number;
  deep: number;
}

/** Both in turn, so that what else the machine does meets both. */
async function compare(
  round: (spool: Spool) => Promise<number>,
  shallow: Spool,
  deep: Spool,
  rounds: number,
): Promise<Rates> {
  const best: Rates = { shallow: 0, deep: 0 };
  for (let index = 0; index < rounds; index += 1) {
    best.shallow = Math.max(best.shallow, await round(shallow));
    best.deep = Math.max(best.deep, await round(deep));
  }
  return best;
}

/** Events a second, each producer waiting for the commit of its one event before it appends the next. */
async function ingestRate(spool: Spool): Promise<number> {
  const startMs = performance.now();
  let events = 0;
  const produce = async () => {
    while (performance.now() - startMs < INGEST_ROUND_MS) {
      await spool.append({ drafts: [DRAFT] });
      events += 1;
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, produce));
  return (events * 1_000) / (performance.now() - startMs);
}

/** Rows a second, in the chunks in which the uplink reads. */
async function readRate(spool: Spool): Promise<number> {
  const startMs = performance.now();
  let after = 0;
  let rows = 0;
  while (rows < READ_ROWS) {
    const events = await spool.read({ after, rowsMax: READ_ROWS_MAX, bytesMax: 1_000_000 });
    rows += events.length;
    after = events.at(-1)?.sequence ?? 0;
  }
  return (rows * 1_000) / (performance.now() - startMs);
}

async function fillTo(spool: Spool, depth: number): Promise<void> {
  while (spool.status().depth < depth) {
    const count = Math.min(FILL_AT_ONCE, depth - spool.status().depth);
    await spool.append({ drafts: Array.from({ length: count }, () => DRAFT) });
  }
}

function measurementsOf(read: Rates, ingest: Rates): Measurement[] {
  const note = `${PRODUCERS} producers, one event each at a time, synchronous=FULL`;
  return [
    rate('spool: durable ingest', ingest.shallow, INGEST_BUDGET, note),
    rate('spool: reading', read.shallow, READ_BUDGET, `chunks of ${READ_ROWS_MAX} rows`),
    atDepth('spool: durable ingest at 2,000,000 rows', ingest),
    atDepth('spool: reading at 2,000,000 rows', read),
  ];
}

function rate(name: string, value: number, atLeast: number, note: string): Measurement {
  return { name, value: Math.round(value), unit: 'events/s', budget: { of: 'value', atLeast }, note };
}

function atDepth(name: string, { deep, shallow }: Rates): Measurement {
  return {
    name,
    value: Math.round(deep),
    unit: 'events/s',
    budget: { of: 'ratio', atLeast: DEPTH_RATIO },
    peer: { name: 'the same at 10,000 rows', value: Math.round(shallow) },
  };
}
