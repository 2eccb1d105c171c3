// Flipped bits, broken logs and rubbish: what is sound goes on, what is not is said aloud.
import {
  copyFileSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { collectingLog } from '../kernel/log.ts';
import { PAGE_BYTES } from './limits.ts';
import type { StoredEvent } from './port.ts';
import {
  accountedFor,
  breakingDisk,
  CLOCK_SOURCE,
  draft,
  drafts,
  envelopeOf,
  freshFolder,
  openTestSpool,
  readAll,
  upTo,
} from './proving-ground.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { openSqlite3 } from './sqlite3-engine.ts';

let folder: ReturnType<typeof freshFolder>;
beforeEach(() => (folder = freshFolder()));
afterEach(() => folder.remove());

const database = () => join(folder.path, 'spool.db');
const textOf = (n: number) => `event-${String(n).padStart(4, '0')}-${'x'.repeat(150)}`;
const manyEvents = (count: number) => upTo(count).map((n) => draft(n, { data: { text: textOf(n) } }));
const lostEvents = (events: readonly StoredEvent[]) =>
  events.map(envelopeOf).filter(({ type }) => type === 'hall.gateway.lost.v1');

async function fill(count: number): Promise<string> {
  const spool = await openTestSpool(folder.path);
  for (const one of manyEvents(count)) await spool.append({ drafts: [one] });
  const { epoch } = spool;
  await spool.close();
  return epoch;
}

/** Flips one bit of the byte `within` bytes after the first place where `text` stands. */
function flipBit(file: string, text: string, within = 10): void {
  const bytes = readFileSync(file);
  const at = bytes.lastIndexOf(text);
  if (at < 0) throw new Error(`${text} does not stand in ${file}`);
  bytes[at + within] = (bytes[at + within] ?? 0) ^ 0x04;
  writeFileSync(file, bytes);
}

it('sets a row with a flipped bit aside, says so in its place, and lets the others pass', async () => {
  await fill(300);
  flipBit(database(), textOf(120));
  flipBit(database(), textOf(121));
  const log = collectingLog();
  const spool = await openTestSpool(folder.path, { log });
  const events = await readAll(spool);
  expect(accountedFor(events)).toEqual(upTo(300));
  expect(lostEvents(events).map(({ sequence, data }) => ({ sequence, data }))).toEqual([
    {
      sequence: '0000000000000120',
      data: { from: 120, through: 121, count: 2, reason: 'corrupt', class: 'unknown' },
    },
  ]);
  expect(spool.status().lost).toBe(2);
  expect(log.lines.map(({ event }) => event)).toContain('spool.rows-lost');
  await spool.confirm(120);
  expect(lostEvents(await readAll(spool))[0]?.data).toMatchObject({ from: 121, through: 121, count: 1 });
  await spool.confirm(121);
  expect((await readAll(spool))[0]?.sequence).toBe(122);
  await spool.close();
});

it('notices rows that vanished without a trace', async () => {
  await fill(50);
  const engine = await openSqlite3(database());
  await engine.exec('DELETE FROM event WHERE sequence BETWEEN 20 AND 29 OR sequence > 45');
  await engine.close();
  const spool = await openTestSpool(folder.path);
  const events = await readAll(spool, 7);
  expect(accountedFor(events)).toEqual(upTo(50));
  expect(lostEvents(events).map(({ data }) => [data['from'], data['through']])).toEqual([
    [20, 29],
    [46, 50],
  ]);
  expect((await spool.append({ drafts: [draft(1)] }))[0]?.sequence).toBe(51);
  await spool.close();
});

/** What a process leaves that was killed: a log that nobody has moved into the table. */
async function abandoned(count: number): Promise<string> {
  const left = join(folder.path, 'left');
  // So large a quota that nothing of this is moved into the table.
  const spool = await openTestSpool(join(folder.path, 'live'), { quotaBytes: 256 * 1024 * 1024 });
  for (const one of manyEvents(count)) await spool.append({ drafts: [one] });
  cpSync(join(folder.path, 'live'), left, { recursive: true });
  await spool.close();
  return left;
}

it('rescues the events behind a flipped bit in the log, even without its head mark', async () => {
  const left = await abandoned(100);
  flipBit(join(left, 'spool.db-wal'), textOf(40));
  writeFileSync(join(left, 'spool.head'), '');
  const log = collectingLog();
  const spool = await openTestSpool(left, { log });
  expect(spool.status().head).toBe(100);
  const events = await readAll(spool);
  expect(accountedFor(events)).toEqual(upTo(100));
  expect(log.lines.map(({ event }) => event)).toContain('spool.tail-rescued');
  expect(lostEvents(events).length).toBeLessThan(2);
  expect((await spool.append({ drafts: [draft(1)] }))[0]?.sequence).toBe(101);
  await spool.close();
});

it('reports as lost what a log that was cut off has taken with it', async () => {
  const left = await abandoned(60);
  const log = join(left, 'spool.db-wal');
  truncateSync(log, Math.floor(readFileSync(log).length / 3));
  const spool = await openTestSpool(left);
  const events = await readAll(spool);
  expect(accountedFor(events)).toEqual(upTo(60));
  expect(lostEvents(events)[0]?.data).toMatchObject({ through: 60, reason: 'corrupt' });
  await spool.close();
});

async function fillWithKeysAndCursor(): Promise<{ epoch: string; ids: string[] }> {
  const spool = await openTestSpool(folder.path);
  const recorded = await spool.append({
    drafts: upTo(400).map((n) =>
      draft(n, { source: CLOCK_SOURCE, naturalKey: `punch ${n}`, data: { n, text: textOf(n) } }),
    ),
    cursors: [{ owner: 'door', name: 'log', value: 400 }],
  });
  const large = await spool.append({ drafts: [draft(401, { data: { text: 'long '.repeat(4_000) } })] });
  await spool.confirm(100);
  const { epoch } = spool;
  await spool.close();
  return { epoch, ids: [...recorded, ...large].map(({ id }) => id).slice(100) };
}

it('salvages a database whose first page is rubbish: nothing is lost, and a new epoch begins', async () => {
  const before = await fillWithKeysAndCursor();
  const file = openSync(database(), 'r+');
  writeSync(file, Buffer.alloc(PAGE_BYTES, 'rubbish '), 0, PAGE_BYTES, 0);
  const spool = await openTestSpool(folder.path);
  await until('the report of the salvage', () => spool.status().head === 302);
  const envelopes = (await readAll(spool)).map(envelopeOf);
  const salvaged = envelopes.at(-1);
  expect(spool.epoch).not.toBe(before.epoch);
  expect(envelopes.slice(0, -1).map(({ id }) => id)).toEqual(before.ids);
  expect(envelopes.map(({ sequence }) => Number(sequence))).toEqual(upTo(302));
  expect(envelopes.every(({ epoch }) => epoch === spool.epoch)).toBe(true);
  expect(salvaged).toMatchObject({
    type: 'hall.gateway.salvaged.v1',
    data: { events: 301, missing: 0, keys: 400, cursors: 1, previousEpoch: before.epoch, confirmed: 100 },
  });
  expect(await spool.cursor('door', 'log')).toBe(400);
  const [again] = await spool.append({ drafts: [draft(7, { source: CLOCK_SOURCE, naturalKey: 'punch 7' })] });
  expect(again?.repeated).toBe(true);
  expect(readdirSync(folder.path).some((name) => name.startsWith('spool.db.broken-'))).toBe(true);
  await spool.close();
});

it('salvages while it runs when a page in the middle turns out to be rubbish', async () => {
  await fill(400);
  const middle = Math.floor(readFileSync(database()).lastIndexOf(textOf(200)) / PAGE_BYTES) * PAGE_BYTES;
  writeSync(openSync(database(), 'r+'), Buffer.alloc(PAGE_BYTES, 0xff), 0, PAGE_BYTES, middle);
  const log = collectingLog();
  const spool = await openTestSpool(folder.path, { log });
  const report = await until('the report of the salvage', async () =>
    (await readAll(spool)).map(envelopeOf).find(({ type }) => type === 'hall.gateway.salvaged.v1'),
  );
  expect(Number(report.data['events'])).toBeGreaterThan(350);
  expect(Number(report.data['events']) + Number(report.data['missing'])).toBe(400);
  expect(spool.status().trouble).toBeUndefined();
  expect(log.lines.map(({ event }) => event)).toContain('spool.salvaged');
  await spool.close();
});

it('keeps one event of a press whose commit took although the disk said that the file is broken', async () => {
  const disk = breakingDisk({ took: true });
  const spool = await openTestSpool(folder.path, { openEngine: disk.openEngine });
  await spool.append({ drafts: [draft(1)] });
  disk.breakOnce();
  const [pressed] = await spool.append({ drafts: [draft(2)] });
  await spool.append({ drafts: [draft(3)] });
  const envelopes = (await readAll(spool)).map(envelopeOf).filter(({ type }) => type.startsWith('hall.evaluation'));
  expect(envelopes.map(({ data }) => data['n'])).toEqual([1, 2, 3]);
  expect(pressed).toEqual({ id: envelopes[1]?.id, sequence: Number(envelopes[1]?.sequence), repeated: false });
  await spool.close();
});

it('starts with an empty epoch when the whole file is rubbish', async () => {
  await fill(10);
  writeFileSync(database(), Buffer.alloc(50_000, 'not a database '));
  const spool = await openTestSpool(folder.path);
  await expect(spool.append({ drafts: drafts(2) })).resolves.toHaveLength(2);
  await until('the report of the salvage', () => spool.status().head === 3);
  expect(accountedFor(await readAll(spool))).toEqual(upTo(3));
  await spool.close();
});

it.each(['before the new file', 'before the last rename'])('goes on with a salvage that was cut %s', async (moment) => {
  await fill(20);
  if (moment === 'before the new file') writeFileSync(`${database()}.new`, 'half of a file');
  else {
    copyFileSync(database(), `${database()}.new`);
    copyFileSync(database(), `${database()}.broken-2026`);
    rmSync(database());
  }
  const spool = await openTestSpool(folder.path);
  expect(accountedFor(await readAll(spool))).toEqual(upTo(20));
  await spool.close();
});

it('refuses a database from a newer gateway, and leaves it as it is', async () => {
  await fill(5);
  const engine = await openSqlite3(database());
  await engine.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  await engine.close();
  await expect(openTestSpool(folder.path)).rejects.toMatchObject({ code: 'spool.from-the-future', remedy: 'operator' });
  expect(readdirSync(folder.path).filter((name) => name.includes('broken'))).toEqual([]);
  const head = Buffer.alloc(16);
  readSync(openSync(database(), 'r'), head, 0, 16, 0);
  expect(head.toString('latin1')).toBe('SQLite format 3\0');
});

it('refuses a folder that another gateway uses', async () => {
  const spool = await openTestSpool(folder.path);
  await expect(openTestSpool(folder.path)).rejects.toMatchObject({ code: 'spool.in-use' });
  await spool.close();
  await (await openTestSpool(folder.path)).close();
});
