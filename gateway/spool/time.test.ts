// A board without a clock of its own starts in 1970, and clocks jump: order is kept, and times are put right before they are sent.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import type { StoredEvent } from './port.ts';
import {
  breakingDisk,
  draft,
  envelopeOf,
  freshFolder,
  handClock,
  openTestSpool,
  readAll,
  upTo,
} from './proving-ground.ts';

const REAL_MS = Date.UTC(2026, 5, 1, 8);

let folder: ReturnType<typeof freshFolder>;
beforeEach(() => (folder = freshFolder()));
afterEach(() => folder.remove());

function bootIn1970() {
  const clock = handClock(1_000);
  clock.right = false;
  return clock;
}

it('holds back what it has collected since 1970, and sends it with the right time once the clock is set', async () => {
  const clock = bootIn1970();
  const spool = await openTestSpool(folder.path, { clock });
  await spool.append({ drafts: [draft(1), draft(2, { deviceTimeMs: REAL_MS - 60_000 })] });
  clock.pass(30_000);
  expect(await readAll(spool)).toEqual([]);
  let woken = 0;
  spool.onCommitted(() => (woken += 1));
  clock.wallMs = REAL_MS;
  clock.right = true;
  await until('the rows', async () => (await readAll(spool)).length === 2);
  const [own, told] = (await readAll(spool)).map(envelopeOf);
  const happened = new Date(REAL_MS - 30_000).toISOString();
  expect(own).toMatchObject({ time: happened, recordedtime: happened, clock: 'synced' });
  expect(told).toMatchObject({ time: '2026-06-01T07:59:00.000Z', recordedtime: happened, clock: 'device' });
  expect(woken).toBeGreaterThan(0);
  const bodies = (await readAll(spool)).map(({ body }) => body);
  await spool.close();
  const next = await openTestSpool(folder.path, { clock: { ...clock, bootId: 'boot-b' } });
  expect((await readAll(next)).map(({ body }) => body)).toEqual(bodies);
  await next.close();
});

it('lets doubtful times go as such when the clock is not set in time', async () => {
  const clock = bootIn1970();
  const spool = await openTestSpool(folder.path, { clock, clockPatienceMs: 600_000 });
  await spool.append({ drafts: [draft(1)] });
  expect(await readAll(spool)).toEqual([]);
  clock.pass(599_000);
  expect(await readAll(spool)).toEqual([]);
  clock.pass(2_000);
  expect((await readAll(spool)).map((event) => envelopeOf(event).clock)).toEqual(['unsynced']);
  await spool.append({ drafts: [draft(2)] });
  expect(await readAll(spool)).toHaveLength(2);
  await spool.close();
});

it('holds doubtful times back as long as nobody asks for them: the centre and the time are often away together', async () => {
  const clock = bootIn1970();
  const spool = await openTestSpool(folder.path, { clock, clockPatienceMs: 600_000 });
  await spool.append({ drafts: [draft(1)] });
  clock.pass(86_400_000);
  let looks = 0;
  clock.synced = () => ((looks += 1), clock.right);
  await until('a look at the clock', () => looks >= 2);
  await spool.append({ drafts: [draft(2)] });
  clock.wallMs = REAL_MS;
  clock.right = true;
  await until('the rows', async () => (await readAll(spool)).length === 2);
  const [first, second] = (await readAll(spool)).map(envelopeOf);
  expect(first).toMatchObject({ time: new Date(REAL_MS - 86_400_000).toISOString(), clock: 'synced' });
  expect(second).toMatchObject({ time: new Date(REAL_MS).toISOString(), clock: 'synced' });
  await spool.close();
});

it('gives the local broker its events at once', async () => {
  const spool = await openTestSpool(folder.path, { clock: bootIn1970() });
  const heard: number[] = [];
  spool.onCommitted((events) => heard.push(...events.map(({ sequence }) => sequence)));
  await spool.append({ drafts: [draft(1)] });
  expect(heard).toEqual([1]);
  await spool.close();
});

it('goes on holding back after a salvage, which counts afresh', async () => {
  const disk = breakingDisk();
  const clock = handClock();
  const spool = await openTestSpool(folder.path, { clock, openEngine: disk.openEngine });
  await spool.append({ drafts: [draft(1), draft(2), draft(3)] });
  await spool.confirm(3);
  clock.right = false;
  await spool.append({ drafts: [draft(4)] });
  disk.breakOnce();
  await spool.append({ drafts: [draft(5)] });
  expect(await readAll(spool)).toEqual([]);
  expect(spool.readableThrough).toBe(0);
  await spool.close();
});

it('tells the right time of an event that was said before the clock was set and committed after', async () => {
  const clock = bootIn1970();
  const spool = await openTestSpool(folder.path, { clock });
  const heard: StoredEvent[] = [];
  spool.onCommitted((events) => heard.push(...events));
  await spool.append({ drafts: [draft(1)] });
  const late = spool.append({ drafts: [draft(2)] });
  clock.wallMs = REAL_MS;
  clock.right = true;
  await spool.read({ after: 0, rowsMax: 1, bytesMax: 1_000 });
  await late;
  expect(heard.map((event) => envelopeOf(event).clock)).toEqual(['unsynced', 'synced']);
  expect(heard.slice(1)).toEqual(await readAll(spool).then((events) => events.slice(1)));
  await spool.close();
});

it('goes on holding back after the program was restarted in the same boot, but not in the next boot', async () => {
  const clock = bootIn1970();
  const first = await openTestSpool(folder.path, { clock });
  await first.append({ drafts: [draft(1)] });
  await first.close();
  const second = await openTestSpool(folder.path, { clock });
  expect(await readAll(second)).toEqual([]);
  await second.close();
  const third = await openTestSpool(folder.path, { clock: { ...handClock(), bootId: 'boot-b' } });
  expect((await readAll(third)).map((event) => envelopeOf(event).clock)).toEqual(['unsynced']);
  await third.close();
});

it('keeps order and identities apart while the clock jumps years to and fro', async () => {
  const clock = handClock();
  const spool = await openTestSpool(folder.path, { clock });
  for (const [index, year] of [2026, 2031, 1999, 2026, 2099, 2026].entries()) {
    clock.wallMs = Date.UTC(year, 0, 1);
    await spool.append({ drafts: [draft(index), draft(index)] });
  }
  const envelopes = (await readAll(spool)).map(envelopeOf);
  expect(envelopes.map(({ sequence }) => Number(sequence))).toEqual(upTo(12));
  expect(new Set(envelopes.map(({ id }) => id)).size).toBe(12);
  expect(envelopes.map(({ time }) => time.slice(0, 4)).filter((_, index) => index % 2 === 0)).toEqual([
    '2026',
    '2031',
    '1999',
    '2026',
    '2099',
    '2026',
  ]);
  await spool.close();
});
