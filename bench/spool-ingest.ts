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
import type { Figure } from './figure.ts';

const PRODUCERS = 64;
const INGEST_MS = 4_000;
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
const ROUNDS = 3;

const DRAFT: Draft = {
  topic: 'hall/v1/north/evaluator/window-17/event/hall.evaluation.submitted.v1',
  source: '/halls/north/gateways/box-1/evaluator/window-17',
  type: 'hall.evaluation.submitted.v1',
  class: 'record',
  data: { window: '17', level: 5, reasons: [] },
};

/** Measures on the disk of the system's folder for temporary files; takes about a minute. */
export async function benchSpool(): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'spool-bench-'));
  const place = { hall: 'north', gateway: 'box-1' };
  const options = { directory, place, clock: systemClock(), log: collectingLog(), quotaBytes: 8 * 1024 ** 3 };
  const spool = await openSpool(options);
  try {
    await fillTo(spool, SHALLOW_ROWS);
    const shallow = await measure(spool);
    await fillTo(spool, DEEP_ROWS);
    const deep = await measure(spool);
    return figuresOf(shallow, deep);
  } finally {
    await spool.close();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Rates {
  ingest: number;
  read: number;
}

async function measure(spool: Spool): Promise<Rates> {
  return {
    read: await bestOf(() => readRate(spool)),
    ingest: await bestOf(() => ingestRate(spool)),
  };
}

async function bestOf(round: () => Promise<number>): Promise<number> {
  let best = 0;
  for (let index = 0; index < ROUNDS; index += 1) best = Math.max(best, await round());
  return best;
}

/** Events a second, each producer waiting for the commit of its one event before it appends the next. */
async function ingestRate(spool: Spool): Promise<number> {
  const startMs = performance.now();
  let events = 0;
  const produce = async () => {
    while (performance.now() - startMs < INGEST_MS / ROUNDS) {
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

function figuresOf(shallow: Rates, deep: Rates): Figure[] {
  const note = `${PRODUCERS} producers, one event each at a time, synchronous=FULL`;
  return [
    rate('spool: durable ingest', shallow.ingest, INGEST_BUDGET, note),
    rate('spool: reading', shallow.read, READ_BUDGET, `chunks of ${READ_ROWS_MAX} rows`),
    atDepth('spool: durable ingest at 2,000,000 rows', deep.ingest, shallow.ingest),
    atDepth('spool: reading at 2,000,000 rows', deep.read, shallow.read),
  ];
}

function rate(name: string, value: number, budget: number, note: string): Figure {
  const text = `>= ${budget.toLocaleString('en')} events/s`;
  return { name, value: Math.round(value), unit: 'events/s', budget: text, holds: value >= budget, note };
}

function atDepth(name: string, value: number, peerValue: number): Figure {
  const ratio = value / peerValue;
  return {
    name,
    value: Math.round(value),
    unit: 'events/s',
    budget: `>= ${DEPTH_RATIO} of the rate at 10,000 rows`,
    peer: 'the same at 10,000 rows',
    peerValue: Math.round(peerValue),
    ratio,
    holds: ratio >= DEPTH_RATIO,
  };
}
