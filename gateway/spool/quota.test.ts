// When the box fills up: telemetry goes first and leaves word, records never go, and the centre can always drain.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { collectingLog } from '../kernel/log.ts';
import { PAGE_BYTES } from './limits.ts';
import type { Spool } from './port.ts';
import {
  accountedFor,
  CLOCK_SOURCE,
  draft,
  drafts,
  envelopeOf,
  freshFolder,
  openTestSpool,
  readAll,
  upTo,
} from './proving-ground.ts';

const QUOTA_BYTES = 1024 * 1024;
const BODY = { text: 'x'.repeat(1_000) };

let folder: ReturnType<typeof freshFolder>;
let spool: Spool;
const log = collectingLog();
beforeEach(async () => {
  folder = freshFolder();
  spool = await openTestSpool(folder.path, { quotaBytes: QUOTA_BYTES, groupRowsMax: 20, log });
});
afterEach(async () => {
  await spool.close();
  folder.remove();
});

const fill = async (count: number, eventClass: 'record' | 'telemetry') => {
  for (let done = 0; done < count; done += 10) {
    await spool.append({ drafts: drafts(10, { class: eventClass, data: BODY }) });
  }
};

it('drops telemetry oldest first, accounts for every dropped event, and keeps every record', async () => {
  await fill(100, 'record');
  await fill(3_000, 'telemetry');
  await fill(50, 'record');
  const status = spool.status();
  const events = await readAll(spool);
  const envelopes = events.map(envelopeOf);
  expect(accountedFor(events)).toEqual(upTo(3_150));
  const lost = envelopes.filter(({ type }) => type === 'hall.gateway.lost.v1');
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.every(({ data }) => data['reason'] === 'quota' && data['class'] === 'telemetry')).toBe(true);
  expect(lost.reduce((sum, { data }) => sum + Number(data['count']), 0)).toBe(status.lost);
  expect(upTo(100)).toEqual(events.slice(0, 100).map(({ sequence }) => sequence));
  expect(events.slice(-50).map(({ sequence }) => sequence)).toEqual(upTo(3_150, 3_101));
  expect(status.bytes).toBeLessThanOrEqual(QUOTA_BYTES - 64 * PAGE_BYTES);
  expect(status.trouble).toBeUndefined();
  expect(log.lines.map(({ event }) => event)).toContain('spool.quota-step');
});

it('tells who has read into a range what became of the rest, when that goes too', async () => {
  await fill(120, 'telemetry');
  const before = await spool.read({ after: 0, rowsMax: 75, bytesMax: 1e6 });
  await fill(3_000, 'telemetry');
  const after = await spool.read({ after: 75, rowsMax: 10, bytesMax: 1e6 });
  expect(before.at(-1)?.sequence).toBe(75);
  expect(after[0]?.sequence).toBe(76);
  expect(accountedFor(await readAll(spool))).toEqual(upTo(3_120));
});

it('makes records wait when nothing but records is left, and lets the centre drain them', async () => {
  const waiting = upTo(120).map(() => spool.append({ drafts: drafts(10, { data: BODY }) }));
  await until('the trouble', () => spool.status().trouble);
  expect(spool.status()).toMatchObject({ trouble: { code: 'spool.quota-full' }, quotaStep: 95, lost: 0 });
  const { head } = spool.status();
  expect(head).toBeLessThan(1_200);
  await spool.confirm(head - 10);
  await until('the drain', async () => {
    await spool.confirm(spool.status().head);
    return spool.status().head === 1_200;
  });
  await Promise.all(waiting);
  expect(spool.status()).toMatchObject({ trouble: undefined, lost: 0 });
});

it('remembers at least as many natural keys of a source as it is told to, the newest', async () => {
  await spool.close();
  spool = await openTestSpool(folder.path, { keysPerSourceMax: 200 });
  const punch = (n: number, source = CLOCK_SOURCE) => draft(n, { source, naturalKey: String(n) });
  await spool.append({ drafts: [punch(1, `${CLOCK_SOURCE}-2`)] });
  for (const n of upTo(300)) await spool.append({ drafts: [punch(n)] });
  const again = await spool.append({ drafts: [...upTo(300, 101).map((n) => punch(n)), punch(1, `${CLOCK_SOURCE}-2`)] });
  expect(again.every(({ repeated }) => repeated)).toBe(true);
  expect((await spool.append({ drafts: [punch(1)] }))[0]?.repeated).toBe(false);
});
