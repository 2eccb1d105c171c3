// Power cuts, staged: what the spool writes is recorded, and it is opened again from states that a cut could have left.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ACKNOWLEDGED_FILE, WORKLOAD_QUOTA_BYTES, type Acknowledgement } from './power/workload.ts';
import { disk } from './power/cut.ts';
import { ENGINES, type EngineName } from './power/engines.ts';
import { buildRecorder, recordProgram, type Operation } from './power/record.ts';
import { accountedFor, CLOCK_SOURCE, draft, envelopeOf, openTestSpool, readAll, upTo } from './proving-ground.ts';

const CUTS = 400;
const CONTROL_CUTS = 60;
const APPENDS = 60;

/** Memory, where there is some: hundreds of states are written and synced, and no disk is on trial in that half. */
const folder = mkdtempSync(join(process.platform === 'linux' ? '/dev/shm' : tmpdir(), 'power-'));
const recorder = buildRecorder(folder);
if (!recorder) console.warn('no gcc on this machine: the power cuts are not staged');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!recorder)('after a power cut at any moment', () => {
  it(`every acknowledged event is there, in order, with its cursor (${CUTS} cuts)`, { timeout: 120_000 }, async () => {
    const findings = await stage('spool', CUTS);
    expect(findings.filter(({ problems }) => problems.length > 0)).toEqual([]);
    expect(findings.some(({ acknowledged }) => acknowledged > APPENDS)).toBe(true);
  });

  it.each(['normal', 'delete'] as const)(
    'a database that syncs less (%s) is caught losing events',
    { timeout: 120_000 },
    async (engine) => {
      const findings = await stage(engine, CONTROL_CUTS);
      expect(
        findings.flatMap(({ problems }) => problems).filter((problem) => problem.startsWith('missing {')),
      ).not.toEqual([]);
    },
  );
});

interface Finding {
  cutAt: number;
  acknowledged: number;
  problems: string[];
}

async function stage(engine: EngineName, cuts: number): Promise<Finding[]> {
  const recorded = join(folder, `${engine}-recorded`);
  mkdirSync(recorded);
  const operations = await recordProgram({
    recorder: recorder ?? '',
    folder: recorded,
    record: join(folder, `${engine}.record`),
    program: join(import.meta.dirname, 'power', 'workload.ts'),
    programArguments: [recorded, engine, String(APPENDS)],
  });
  const random = seededRandom(20_260_601);
  const cutPoints = new Set(Array.from({ length: cuts }, () => Math.floor(random() * operations.length)));
  while (cutPoints.size < cuts) cutPoints.add(Math.floor(random() * operations.length));
  const findings: Finding[] = [];
  const replayed = disk();
  for (const [index, operation] of operations.entries()) {
    if (cutPoints.has(index)) findings.push(await examineCut(engine, operations.slice(0, index), replayed, random));
    replayed.apply(operation);
  }
  return findings;
}

async function examineCut(
  engine: EngineName,
  before: readonly Operation[],
  replayed: ReturnType<typeof disk>,
  random: () => number,
): Promise<Finding> {
  const state = join(folder, 'state');
  rmSync(state, { recursive: true, force: true });
  replayed.cutInto(state, random);
  const acknowledged = acknowledgedBefore(before);
  const problems = await problemsOf(state, engine, acknowledged).catch((thrown: unknown) => [
    `missing all: ${String(thrown)}`,
  ]);
  return { cutAt: before.length, acknowledged: acknowledged.length, problems };
}

function acknowledgedBefore(operations: readonly Operation[]): Acknowledgement[] {
  return operations
    .filter(({ kind, name }) => kind === 'write' && name === ACKNOWLEDGED_FILE)
    .map(({ data }) => JSON.parse(data.toString('utf8')) as Acknowledgement);
}

async function problemsOf(
  state: string,
  engine: EngineName,
  acknowledged: readonly Acknowledgement[],
): Promise<string[]> {
  const spool = await openTestSpool(state, { openEngine: ENGINES[engine], quotaBytes: WORKLOAD_QUOTA_BYTES });
  try {
    const { confirmed, head, lost, trouble } = spool.status();
    const events = await readAll(spool);
    const idOf = new Map(events.map((event) => [event.sequence, envelopeOf(event).id]));
    const problems: string[] = [];
    if (trouble) problems.push(`trouble: ${trouble.message}`);
    for (const news of acknowledged) {
      if (
        news.kind === 'confirmed'
          ? confirmed < news.through
          : news.sequence > confirmed && idOf.get(news.sequence) !== news.id
      )
        problems.push(`missing ${JSON.stringify(news)}`);
    }
    if (lost > 0) problems.push(`missing ${lost} events by the spool's own account`);
    if (String(accountedFor(events)) !== String(upTo(head, confirmed + 1))) problems.push('not gapless');
    problems.push(...(await cursorProblems(spool, events, acknowledged)));
    const [next] = await spool.append({ drafts: [draft(1)] });
    if (next?.sequence !== head + 1) problems.push(`the next event got sequence ${String(next?.sequence)}`);
    return problems;
  } finally {
    await spool.close();
  }
}

/** The cursor and the events that it covers are of one transaction: neither may be ahead of the other. */
async function cursorProblems(
  spool: Awaited<ReturnType<typeof openTestSpool>>,
  events: Awaited<ReturnType<typeof readAll>>,
  acknowledged: readonly Acknowledgement[],
): Promise<string[]> {
  const cursor = Number((await spool.cursor('door', 'log')) ?? 0);
  const punches = events.map(envelopeOf).filter(({ source }) => source === CLOCK_SOURCE);
  const newest = Number(punches.at(-1)?.data['punch'] ?? cursor);
  const promised = Math.max(0, ...acknowledged.map((news) => (news.kind === 'event' ? (news.cursor ?? 0) : 0)));
  const problems: string[] = [];
  if (cursor < promised) problems.push(`missing cursor ${promised}, found ${cursor}`);
  if (cursor !== newest) problems.push(`the cursor says ${cursor}, the newest event ${newest}`);
  const again = draft(1, { source: CLOCK_SOURCE, naturalKey: String(cursor) });
  const [repeated] = cursor > 0 ? await spool.append({ drafts: [again] }) : [];
  if (repeated && !repeated.repeated) problems.push(`the natural key of punch ${cursor} is not known`);
  return problems;
}

/** Mulberry32: the same cuts every time. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
