// What the spool promises to the rest of the gateway when nothing goes wrong.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenEngine, SqlValue } from './engine.ts';
import type { Spool, StoredEvent } from './port.ts';
import {
  CLOCK_SOURCE,
  draft,
  drafts,
  envelopeOf,
  freshFolder,
  handClock,
  openTestSpool,
  readAll,
  upTo,
} from './proving-ground.ts';
import { openSqlite3 } from './sqlite3-engine.ts';

let folder: ReturnType<typeof freshFolder>;
let spool: Spool;
const clock = handClock();

beforeEach(async () => {
  folder = freshFolder();
  spool = await openTestSpool(folder.path, { clock });
});
afterEach(async () => {
  await spool.close();
  folder.remove();
});

const reopen = async () => {
  await spool.close();
  spool = await openTestSpool(folder.path, { clock });
};

describe('an event that was appended', () => {
  it('comes back as a CloudEvent that fits the contract', async () => {
    const [recorded] = await spool.append({ drafts: [draft(7)] });
    const [event] = await readAll(spool);
    expect(event?.topic).toBe(draft(7).topic);
    expect(envelopeOf(event)).toMatchObject({
      id: recorded?.id,
      sequence: '0000000000000001',
      epoch: spool.epoch,
      clock: 'synced',
      time: new Date(clock.now()).toISOString(),
      data: { n: 7 },
    });
  });

  it('keeps the time of the device that told one, and says so', async () => {
    await spool.append({ drafts: [draft(1, { deviceTimeMs: Date.UTC(2026, 4, 31, 9, 30) })] });
    const envelope = envelopeOf((await readAll(spool))[0]);
    expect(envelope).toMatchObject({ clock: 'device', time: '2026-05-31T09:30:00.000Z' });
    expect(envelope.recordedtime).toBe(new Date(clock.now()).toISOString());
  });

  it('is there after a restart, and the sequence goes on where it was', async () => {
    const epoch = spool.epoch;
    await spool.append({ drafts: drafts(3) });
    await reopen();
    await spool.append({ drafts: [draft(3)] });
    expect(spool.epoch).toBe(epoch);
    expect((await readAll(spool)).map((event) => envelopeOf(event).data['n'])).toEqual([0, 1, 2, 3]);
    expect(spool.status()).toMatchObject({ head: 4, depth: 4, oldestUnsentMs: clock.now() });
  });

  it('survives Chinese text, quotes, line ends and control characters', async () => {
    const text = '综合窗口 "A"\n\u0000\u001f\u001e\\ 🀄 \ud800';
    await spool.append({ drafts: [draft(1, { data: { text } })] });
    expect(envelopeOf((await readAll(spool))[0]).data['text']).toBe(text);
  });

  it('is heard by the listener after the commit, in order', async () => {
    const heard: StoredEvent[] = [];
    const stop = spool.onCommitted((events) => heard.push(...events));
    await Promise.all(drafts(50).map((one) => spool.append({ drafts: [one] })));
    stop();
    await spool.append({ drafts: [draft(51)] });
    expect(heard.map(({ sequence }) => sequence)).toEqual(upTo(50));
    expect(heard.map(({ body }) => body)).toEqual((await readAll(spool)).slice(0, 50).map(({ body }) => body));
  });
});

describe('a natural key', () => {
  const punch = (key: string) => draft(1, { source: CLOCK_SOURCE, naturalKey: key });

  it('makes one event, however often and wherever it is said again', async () => {
    const first = await spool.append({ drafts: [punch('a'), punch('b'), punch('a')] });
    await reopen();
    const [again] = await spool.append({ drafts: [punch('b')] });
    expect(first.map(({ sequence, repeated }) => [sequence, repeated])).toEqual([
      [1, false],
      [2, false],
      [1, true],
    ]);
    expect(again).toEqual({ id: first[1]?.id, sequence: 2, repeated: true });
    expect(await readAll(spool)).toHaveLength(2);
  });

  it('is remembered after its event has left for the centre', async () => {
    await spool.append({ drafts: [punch('a')] });
    await spool.confirm(1);
    await reopen();
    expect((await spool.append({ drafts: [punch('a')] }))[0]).toMatchObject({ sequence: 1, repeated: true });
  });

  it('means another happening at another source', async () => {
    const other = { ...punch('a'), source: `${CLOCK_SOURCE}-2` };
    expect((await spool.append({ drafts: [punch('a'), other] })).map(({ repeated }) => repeated)).toEqual([
      false,
      false,
    ]);
  });
});

describe('a cursor', () => {
  it('is stored with its events, replaced, and removed by null', async () => {
    const at = (value: number | null) => spool.append({ drafts: [], cursors: [{ owner: 'door', name: 'log', value }] });
    await at(3);
    await at(4);
    await spool.append({ drafts: [draft(1)], cursors: [{ owner: 'door', name: 'users', value: { page: 2 } }] });
    await reopen();
    expect(await spool.cursor('door', 'log')).toBe(4);
    expect(await spool.cursors('door')).toEqual(
      new Map<string, unknown>([
        ['log', 4],
        ['users', { page: 2 }],
      ]),
    );
    await at(null);
    expect(await spool.cursor('door', 'log')).toBeUndefined();
  });

  it('is read alone: a kiosk that keeps a thousand of them does not read all its tickets for one', async () => {
    let rowsRead = 0;
    const openEngine: OpenEngine = async (file) => {
      const engine = await openSqlite3(file);
      const counting = async (sql: string, ...values: SqlValue[]) => {
        const rows = await engine.all(sql, ...values);
        rowsRead += rows.length;
        return rows;
      };
      return { ...engine, all: counting };
    };
    const cursors = Array.from({ length: 1_000 }, (_, n) => ({ owner: 'kiosk', name: `tickets-${n}`, value: [n] }));
    await spool.close();
    spool = await openTestSpool(folder.path, { clock, openEngine });
    await spool.append({ drafts: [], cursors });
    rowsRead = 0;
    expect(await spool.cursor('kiosk', 'tickets-7')).toEqual([7]);
    expect(rowsRead).toBe(1);
  });
});

describe('what the centre has confirmed', () => {
  it('is not read again, not even after a restart', async () => {
    await spool.append({ drafts: drafts(10) });
    await spool.confirm(4);
    await reopen();
    expect((await readAll(spool)).map(({ sequence }) => sequence)).toEqual(upTo(10, 5));
    expect(spool.status()).toMatchObject({ confirmed: 4, depth: 6 });
  });

  it('never goes back, and never beyond what there is', async () => {
    await spool.append({ drafts: drafts(10) });
    await spool.confirm(8);
    await spool.confirm(3);
    expect(spool.status().confirmed).toBe(8);
    await spool.confirm(99);
    expect(spool.status()).toMatchObject({ confirmed: 10, depth: 0, oldestUnsentMs: undefined });
  });

  it('does not free its sequence for another event', async () => {
    await spool.append({ drafts: drafts(3) });
    await spool.confirm(3);
    await reopen();
    expect((await spool.append({ drafts: [draft(4)] }))[0]?.sequence).toBe(4);
  });
});

it('tells its depth in reads that are bounded by rows and by bytes', async () => {
  await spool.append({ drafts: drafts(20, { data: { text: 'x'.repeat(1_000) } }) });
  expect(await spool.read({ after: 5, rowsMax: 3, bytesMax: 1e6 })).toHaveLength(3);
  const some = await spool.read({ after: 0, rowsMax: 20, bytesMax: 4_000 });
  expect(some.length).toBeGreaterThan(1);
  expect(some.length).toBeLessThan(6);
  expect(await spool.read({ after: 0, rowsMax: 20, bytesMax: 1 })).toHaveLength(1);
});

it('proves with a small durable write that it works', async () => {
  await expect(spool.probe()).resolves.toBeUndefined();
});

it('refuses everything after it was closed', async () => {
  await spool.close();
  await expect(spool.append({ drafts: [draft(1)] })).rejects.toMatchObject({ code: 'spool.closed' });
  await expect(spool.confirm(1)).rejects.toMatchObject({ code: 'spool.closed' });
  await expect(spool.probe()).rejects.toMatchObject({ code: 'spool.closed' });
});
