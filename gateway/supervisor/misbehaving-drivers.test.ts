/**
 * A hall of misbehaving drivers with one good device among them: what a driver does wrong, it does to its own device.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { testingSpool } from '../commands/testing-spool.ts';
import { HallError } from '../kernel/errors.ts';
import { stateTopic } from '../kernel/topics.ts';
import { aborted, sleep } from '../kernel/waiting.ts';
import type { DeviceEntry } from './device-entry.ts';
import type { Supervisor, SupervisorOptions } from './supervisor.ts';
import { bell, goodBell, PLACE, superviseBells, until, type BellHall, type RunBell } from './testing-hall.ts';

const running: Supervisor[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((supervisor) => supervisor.close()));
});

const never = new AbortController().signal;
const forEver = () => new Promise<never>(() => undefined);
const flood = (hall: BellHall) => {
  for (let times = 0; times < 20_000; times += 1) {
    hall.state({ rung: times });
    void hall.record([{ type: 'bell.rung', data: { times } }]);
  }
};

const MISBEHAVIOUR: [string, RunBell][] = [
  [
    'throws before it returns a promise',
    () => {
      throw new Error('no such thing');
    },
  ],
  ['throws later', () => sleep(10).then(() => Promise.reject(new Error('lost it')))],
  [
    'throws something that is no error',
    async () => {
      await Promise.resolve();
      AbortSignal.abort('a string').throwIfAborted();
    },
  ],
  ['returns early', () => Promise.resolve()],
  ['never stops', forEver],
  [
    'floods the spool and the broker',
    async (hall) => {
      flood(hall);
      await aborted(hall.signal);
    },
  ],
  [
    'keeps its commands for ever',
    async (hall) => {
      hall.serve({ ring: forEver });
      hall.online();
      await aborted(hall.signal);
    },
  ],
  [
    'asks for a line that is not there',
    async (hall) => {
      hall.line('bus-x');
      await aborted(hall.signal);
    },
  ],
  [
    'shares something that never closes',
    async (hall) => {
      hall.share('bus', () => ({ close: forEver }));
      await aborted(hall.signal);
    },
  ],
];

async function supervise(devices: DeviceEntry[], more: Partial<SupervisorOptions> = {}) {
  const spool = await testingSpool();
  const hall = superviseBells(devices, spool, more);
  running.push(hall.supervisor);
  return { ...hall, spool };
}

describe('a good device', () => {
  it.each(MISBEHAVIOUR)('goes on next to one whose driver %s', async (_what, run) => {
    const { supervisor, viewOf } = await supervise([bell('bad', run), bell('good', goodBell)]);
    await until(() => viewOf('good')?.presence === 'online', 'the good device online');
    expect(await supervisor.execute('bell', 'good', 'ring', { times: 3 }, never)).toEqual({ rung: 3 });
    expect(viewOf('good')?.restarts).toBe(0);
  });

  it('goes on in a hall of all of them, and the hall closes', async () => {
    const bad = MISBEHAVIOUR.map(([, run], index) => bell(`bad-${index}`, run));
    const limits = { stopDeadlineMs: 100, shareCloseDeadlineMs: 50 };
    const { supervisor, viewOf, events } = await supervise([...bad, bell('good', goodBell)], { limits });
    const stuck = supervisor.execute('bell', 'bad-6', 'ring', { times: 1 }, never);
    stuck.catch(() => undefined);
    await until(() => viewOf('good')?.presence === 'online', 'the good device online');
    expect(await supervisor.execute('bell', 'good', 'ring', { times: 1 }, never)).toEqual({ rung: 1 });
    await supervisor.close();
    expect(events()).toContain('driver.stuck');
    expect(events()).toContain('shared.close-failed');
  });

  it('has its record stored while another floods', async () => {
    const flooding = bell('bad', async (hall) => {
      flood(hall);
      await aborted(hall.signal);
    });
    let sequence = Infinity;
    const recording = bell('good', async (hall) => {
      const [recorded] = await hall.record([{ type: 'bell.rung', data: { times: 1 } }]);
      sequence = recorded?.sequence ?? Infinity;
      await aborted(hall.signal);
    });
    await supervise([flooding, recording]);
    await until(() => sequence < Infinity, 'the record of the good device');
    expect(sequence).toBeLessThan(200);
  });
});

describe('a driver that fails', () => {
  it('is started again, and its device says why it was away until it is back', async () => {
    let runs = 0;
    const { viewOf, events } = await supervise([
      bell('b1', async (hall) => {
        runs += 1;
        if (runs <= 3) throw new Error(`failure ${runs}`);
        await goodBell(hall);
      }),
    ]);
    await until(() => viewOf('b1')?.reason?.code === 'device.driver-failed', 'the reason');
    await until(() => viewOf('b1')?.presence === 'online', 'the recovery');
    expect(viewOf('b1')).toMatchObject({ restarts: 3, reason: undefined });
    expect(events().filter((event) => event === 'driver.failed')).toHaveLength(1);
  });

  it('has nothing to say any more once it was started again', async () => {
    const halls: BellHall[] = [];
    const { spool, viewOf } = await supervise([
      bell('b1', async (hall) => {
        halls.push(hall);
        hall.online();
        if (halls.length === 1) throw new Error('once');
        await aborted(hall.signal);
      }),
    ]);
    await until(() => halls.length === 2 && viewOf('b1')?.presence === 'online', 'the second run');
    const old = halls[0]!;
    old.offline(new HallError('line.lost'));
    old.serve({ ring: () => Promise.resolve({ rung: 1 }) });
    old.onMessage(() => Promise.resolve());
    await expect(old.record([{ type: 'bell.rung', data: { times: 1 } }])).rejects.toMatchObject({
      code: 'device.stopped',
    });
    await expect(old.cursor('log')).rejects.toMatchObject({ code: 'device.stopped' });
    await expect(old.say('x', 'y')).rejects.toMatchObject({ code: 'device.stopped' });
    expect(() => old.share('bus', () => ({ close: () => Promise.resolve() }))).toThrow(HallError);
    expect(viewOf('b1')?.presence).toBe('online');
    expect(spool.drafts).toEqual([]);
  });
});

describe('after the close', () => {
  it('nothing is published, and waiting records end with device.stopped', async () => {
    const halls: BellHall[] = [];
    const { supervisor, retained, spool } = await supervise([
      bell('b1', (hall) => {
        halls.push(hall);
        return forEver();
      }),
    ]);
    await until(() => halls.length === 1, 'the run');
    const release = spool.hold();
    const waiting = halls[0]!.record([{ type: 'bell.rung', data: { times: 1 } }]);
    await until(() => spool.asked === 1, 'the append');
    await supervisor.close();
    const before = retained.get(stateTopic(PLACE.hall, 'bell', 'b1'));
    await expect(waiting).rejects.toMatchObject({ code: 'device.stopped' });
    halls[0]!.online();
    halls[0]!.state({ rung: 9 });
    release();
    await sleep(60);
    expect(retained.get(stateTopic(PLACE.hall, 'bell', 'b1'))).toBe(before);
  });
});

describe('a hall of 375 devices', () => {
  it('is online within the budget of a start', async () => {
    const devices = Array.from({ length: 375 }, (_, index) => bell(`b${index}`, goodBell));
    const cpu = process.cpuUsage();
    const { supervisor } = await supervise(devices);
    await until(() => supervisor.counts().online === 375, '375 devices online');
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });
});
