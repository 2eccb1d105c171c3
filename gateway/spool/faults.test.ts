// Disks that are full, read-only or gone: nothing is acknowledged that is not durable, nothing is lost, nothing crashes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { collectingLog } from '../kernel/log.ts';
import type { OpenEngine } from './engine.ts';
import type { SpoolStatus } from './port.ts';
import {
  accountedFor,
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
beforeEach(() => (folder = freshFolder()));
afterEach(() => folder.remove());

/** A disk that fails with an SQLite code while the switch is on. */
function failingDisk(): { fail: string | undefined; commits: number; openEngine: OpenEngine } {
  const disk = { fail: undefined as string | undefined, commits: 0, openEngine: openSqlite3 };
  const refuse = () => {
    if (disk.fail) throw Object.assign(new Error(`${disk.fail}: staged`), { code: disk.fail });
  };
  disk.openEngine = async (file) => {
    const engine = await openSqlite3(file);
    return {
      ...engine,
      exec: async (sql) => {
        if (sql !== 'ROLLBACK') refuse();
        return engine.exec(sql);
      },
      run: async (sql, ...values) => {
        refuse();
        disk.commits += 1;
        return engine.run(sql, ...values);
      },
    };
  };
  return disk;
}

const settled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<false>((resolve) => setTimeout(() => resolve(false), 60))]);

describe('while the disk is well', () => {
  it('an event that comes while a receipt is being written waits for nothing, and nobody calls the disk full', async () => {
    const log = collectingLog();
    const late: Promise<unknown>[] = [];
    let delivered = false;
    const openEngine: OpenEngine = async (file) => {
      const engine = await openSqlite3(file);
      const run: typeof engine.run = (sql, ...values) => {
        if (delivered && late.length === 0) late.push(spool.append({ drafts: [draft(2)] }));
        return engine.run(sql, ...values);
      };
      return { ...engine, run };
    };
    const spool = await openTestSpool(folder.path, { openEngine, log, retryMs: 60_000 });
    await spool.append({ drafts: [draft(1)] });
    delivered = true;
    await spool.confirm(1);
    expect(late).toHaveLength(1);
    expect(await settled(Promise.all(late))).toBe(true);
    expect(log.lines.map(({ event }) => event)).not.toContain('spool.trouble');
    await spool.close();
  });
});

describe('while the disk refuses', () => {
  it.each([
    ['SQLITE_IOERR', 'spool.disk-failing'],
    ['SQLITE_READONLY', 'spool.read-only'],
    ['SQLITE_FULL', 'spool.disk-full'],
  ])('(%s) nothing is acknowledged, and everything is in order when it works again', async (fail, code) => {
    const disk = failingDisk();
    const log = collectingLog();
    const spool = await openTestSpool(folder.path, { openEngine: disk.openEngine, log });
    const heard: (string | undefined)[] = [];
    spool.onStatus((status: SpoolStatus) => heard.push(status.trouble?.code));
    await spool.append({ drafts: [draft(1)] });
    disk.fail = fail;
    const waiting = upTo(20, 2).map((n) => spool.append({ drafts: [draft(n)] }));
    await until('the trouble', () => spool.status().trouble);
    await expect(spool.probe()).rejects.toThrow('staged');
    expect(await settled(Promise.race(waiting))).toBe(false);
    expect(spool.status()).toMatchObject({ head: 1, waiting: 19, trouble: { code } });
    disk.fail = undefined;
    const recorded = await Promise.all(waiting);
    expect(recorded.map(([one]) => one?.sequence)).toEqual(upTo(20, 2));
    expect((await readAll(spool)).map((event) => envelopeOf(event).data['n'])).toEqual(upTo(20));
    expect(heard).toEqual([code, undefined]);
    expect(log.lines.filter(({ event }) => event === 'spool.trouble')).toHaveLength(1);
    await spool.close();
  });

  it('nobody is told that a cursor is not there only because it cannot be read', async () => {
    const before = await openTestSpool(folder.path);
    await before.append({ drafts: [], cursors: [{ owner: 'window 5', name: 'memory', value: 'pressed' }] });
    await before.close();
    const disk = failingDisk();
    disk.fail = 'SQLITE_IOERR';
    const spool = await openTestSpool(folder.path, { openEngine: disk.openEngine });
    const asked = spool.cursor('window 5', 'memory');
    expect(await settled(asked)).toBe(false);
    disk.fail = undefined;
    expect(await asked).toBe('pressed');
    await spool.close();
  });

  it('closing answers who waits for a cursor', async () => {
    const disk = failingDisk();
    disk.fail = 'SQLITE_IOERR';
    const spool = await openTestSpool(folder.path, { openEngine: disk.openEngine, closePatienceMs: 50 });
    const refused = expect(spool.cursors('window 5')).rejects.toMatchObject({ code: 'spool.closed' });
    await spool.close();
    await refused;
    await expect(spool.cursors('window 5')).rejects.toMatchObject({ code: 'spool.closed' });
  });

  it('a file that cannot even be closed is opened afresh, and the hall goes on', async () => {
    const disk = failingDisk();
    const spool = await openTestSpool(folder.path, {
      async openEngine(file) {
        const engine = await disk.openEngine(file);
        const close = () => engine.close().then(() => Promise.reject(new Error('staged: not closed')));
        return file.endsWith('spool.lock') ? { ...engine, close } : engine;
      },
    });
    disk.fail = 'SQLITE_CONSTRAINT';
    const waiting = spool.append({ drafts: [draft(1)] });
    await until('the trouble', () => spool.status().trouble);
    disk.fail = undefined;
    await expect(waiting).resolves.toMatchObject([{ sequence: 1 }]);
    await spool.close();
  });

  it('a file that was opened while the disk was read-only is opened afresh when the disk is mended', async () => {
    await (await openTestSpool(folder.path)).close();
    let mended = false;
    const spool = await openTestSpool(folder.path, {
      async openEngine(file) {
        const engine = await openSqlite3(file);
        if (mended || !file.endsWith('spool.db')) return engine;
        const refusal = Object.assign(new Error('SQLITE_READONLY: staged'), { code: 'SQLITE_READONLY' });
        return { ...engine, run: () => Promise.reject(refusal) };
      },
    });
    const waiting = spool.append({ drafts: [draft(1)] });
    await until('the trouble', () => spool.status().trouble?.code === 'spool.read-only');
    mended = true;
    await expect(waiting).resolves.toMatchObject([{ sequence: 1 }]);
    await spool.close();
  });

  it('closing gives up in time and refuses what could not be committed', async () => {
    const disk = failingDisk();
    const spool = await openTestSpool(folder.path, { openEngine: disk.openEngine, closePatienceMs: 50 });
    disk.fail = 'SQLITE_IOERR';
    const waiting = spool.append({ drafts: [draft(1)] });
    const refused = expect(waiting).rejects.toMatchObject({ code: 'spool.closed' });
    await until('the trouble', () => spool.status().trouble);
    await spool.close();
    await refused;
  });

  it('an event that finds the waiting room full keeps the time at which it happened', async () => {
    const disk = failingDisk();
    const clock = handClock();
    const options = { openEngine: disk.openEngine, clock, waitingAppendsMax: 1, groupRowsMax: 1 };
    const spool = await openTestSpool(folder.path, options);
    disk.fail = 'SQLITE_IOERR';
    const waiting = upTo(5).map((n) => spool.append({ drafts: [draft(n)] }));
    const happened = new Date(clock.now()).toISOString();
    await until('the trouble', () => spool.status().trouble);
    clock.pass(3_600_000);
    disk.fail = undefined;
    await Promise.all(waiting);
    expect(new Set((await readAll(spool)).map((event) => envelopeOf(event).time))).toEqual(new Set([happened]));
    await spool.close();
  });

  it('a full waiting room makes later appends wait their turn, in order', async () => {
    const disk = failingDisk();
    const spool = await openTestSpool(folder.path, {
      openEngine: disk.openEngine,
      waitingAppendsMax: 10,
      groupRowsMax: 4,
    });
    disk.fail = 'SQLITE_IOERR';
    const waiting = upTo(200).map((n) => spool.append({ drafts: [draft(n)] }));
    await until('the trouble', () => spool.status().trouble);
    expect(spool.status().waiting).toBeLessThanOrEqual(14);
    disk.fail = undefined;
    await Promise.all(waiting);
    expect((await readAll(spool)).map((event) => envelopeOf(event).data['n'])).toEqual(upTo(200));
    await spool.close();
  });
});

it('starts without its folder, holds what it is given, and commits when the folder can be made', async () => {
  const place = join(folder.path, 'not-yet');
  writeFileSync(place, 'a file where the folder should be');
  const spool = await openTestSpool(place);
  const waiting = spool.append({ drafts: drafts(3) });
  expect(spool.status().trouble).toMatchObject({ code: 'spool.disk-failing' });
  expect(await spool.read({ after: 0, rowsMax: 10, bytesMax: 1_000 })).toEqual([]);
  expect(await settled(waiting)).toBe(false);
  rmSync(place);
  expect((await waiting).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  expect(spool.status().trouble).toBeUndefined();
  await spool.close();
});

it('an event that is too large is refused alone', async () => {
  const spool = await openTestSpool(folder.path, { eventBytesMax: 1_000 });
  const large = spool.append({ drafts: [draft(1, { data: { text: '票'.repeat(400) } })] });
  await expect(large).rejects.toMatchObject({ code: 'spool.event-too-large' });
  await expect(spool.append({ drafts: [draft(2)] })).resolves.toMatchObject([{ sequence: 1 }]);
  await spool.close();
});

/** Writes until the disk takes no more. */
function fillUp(file: string): void {
  try {
    for (;;) appendFileSync(file, Buffer.alloc(4096));
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC')) throw thrown;
  }
}

/** Real disks need the right to mount; without it these trials are not held, which is said aloud. */
const mayMount = process.getuid?.() === 0 && canMount();
if (!mayMount) console.warn('no right to mount: the trials with a full and a read-only disk are not held');

function canMount(): boolean {
  const probe = freshFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe.path], { stdio: 'ignore' });
    execFileSync('umount', [probe.path]);
    return true;
  } catch {
    return false;
  } finally {
    probe.remove();
  }
}

describe.skipIf(!mayMount)('on a disk of its own', () => {
  let mounted: string;
  beforeEach(() => {
    mounted = join(folder.path, 'disk');
    mkdirSync(mounted);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', mounted]);
  });
  afterEach(() => execFileSync('umount', ['-l', mounted]));

  it('that is really full acknowledges nothing, lets the centre drain it, and goes on when there is room', async () => {
    const spool = await openTestSpool(join(mounted, 'spool'), { quotaBytes: 64 * 1024 * 1024 });
    await spool.append({ drafts: drafts(2_000) });
    fillUp(join(mounted, 'strangers'));
    const waiting = upTo(40).map(() => spool.append({ drafts: drafts(100, { data: { text: 'x'.repeat(500) } }) }));
    await until('the trouble', () => spool.status().trouble?.code === 'spool.disk-full');
    const { head } = spool.status();
    const before = await readAll(spool);
    expect(accountedFor(before)).toEqual(upTo(head));
    await spool.confirm(1_500);
    expect(spool.status().confirmed).toBe(1_500);
    rmSync(join(mounted, 'strangers'));
    await Promise.all(waiting);
    expect(spool.status().trouble).toBeUndefined();
    expect(accountedFor(await readAll(spool))).toEqual(upTo(6_000, 1_501));
    expect(readdirSync(join(mounted, 'spool'))).toContain('spool.reserve');
    await spool.close();
  });

  it('that turns read-only is reported, still read, and written again when it is mended', async () => {
    const spool = await openTestSpool(join(mounted, 'spool'));
    await spool.append({ drafts: drafts(10) });
    const remount = (mode: 'ro' | 'rw') => execFileSync('mount', ['-o', `remount,${mode}`, mounted]);
    await spool.close();
    remount('ro');
    const degraded = await openTestSpool(join(mounted, 'spool'));
    const waiting = degraded.append({ drafts: [draft(11)] });
    expect(degraded.status().trouble).toMatchObject({ remedy: 'operator' });
    expect(await settled(waiting)).toBe(false);
    remount('rw');
    expect((await waiting)[0]?.sequence).toBe(11);
    expect(accountedFor(await readAll(degraded))).toEqual(upTo(11));
    await degraded.close();
  });
});
