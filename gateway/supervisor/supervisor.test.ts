/**
 * One device under supervision: its presence, its messages, its records, its commands, its end.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { testingSpool } from '../commands/testing-spool.ts';
import { HallError } from '../kernel/errors.ts';
import { inventoryTopic, stateTopic } from '../kernel/topics.ts';
import { aborted, sleep } from '../kernel/waiting.ts';
import type { DeviceEntry } from './device-entry.ts';
import { stateMessageSchema, inventorySchema } from './state-message.ts';
import type { Supervisor, SupervisorOptions } from './supervisor.ts';
import { bell, PLACE, superviseBells, until, type BellHall } from './testing-hall.ts';

const running: Supervisor[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((supervisor) => supervisor.close()));
});

async function supervise(devices: DeviceEntry[], more: Partial<SupervisorOptions> = {}) {
  const spool = await testingSpool();
  const hall = superviseBells(devices, spool, more);
  running.push(hall.supervisor);
  const stateOf = (id: string) => {
    const payload = hall.retained.get(stateTopic(PLACE.hall, 'bell', id));
    return payload === undefined ? undefined : stateMessageSchema.parse(JSON.parse(payload));
  };
  return { ...hall, spool, stateOf };
}

/** A device whose hall the test holds in its own hands. */
async function heldBell(more: Partial<SupervisorOptions> = {}) {
  const halls: BellHall[] = [];
  const entry = bell('b1', async (hall) => {
    halls.push(hall);
    await aborted(hall.signal);
  });
  const parts = await supervise([{ ...entry, window: '12', name: 'Bell of window 12' }], more);
  await until(() => halls.length > 0, 'the driver to run');
  return { ...parts, hall: halls[0]! };
}

const unplugged = new HallError('line.unreachable', { message: 'bus-a cannot be reached.' });

describe('the state message of a device', () => {
  it('says what the driver says, with window and name', async () => {
    const { hall, stateOf } = await heldBell();
    hall.online();
    hall.state({ rung: 3 });
    await until(() => stateOf('b1')?.presence === 'online', 'online');
    expect(stateOf('b1')).toMatchObject({ window: '12', name: 'Bell of window 12', data: { rung: 3 } });
  });

  it('keeps the last state and gives the reason when the device goes away', async () => {
    const { hall, stateOf } = await heldBell();
    hall.online();
    hall.state({ rung: 3 });
    hall.offline(unplugged);
    await until(() => stateOf('b1')?.presence === 'offline', 'offline');
    expect(stateOf('b1')).toMatchObject({ data: { rung: 3 }, reason: { code: 'line.unreachable' } });
  });

  it('is sent at most once an interval when much changes, and the last one always', async () => {
    const { hall, retained, stateOf } = await heldBell({ limits: { stateIntervalMs: 100 } });
    const sentMs: number[] = [];
    retained.onChange((topic) => topic.endsWith('/state') && sentMs.push(performance.now()));
    for (let rung = 1; rung <= 100; rung += 1) {
      hall.state({ rung });
      await sleep(2);
    }
    await until(() => (stateOf('b1')?.data as { rung: number } | null)?.rung === 100, 'the newest state');
    const gaps = sentMs.slice(1).map((ms, index) => ms - (sentMs[index] ?? 0));
    expect(gaps.length).toBeGreaterThan(0);
    expect(Math.min(...gaps)).toBeGreaterThan(90);
  });

  it('is not sent again when the driver says what it said before', async () => {
    const { hall, retained, stateOf } = await heldBell({ limits: { stateIntervalMs: 5 } });
    hall.online();
    hall.state({ rung: 1 });
    await until(() => stateOf('b1')?.presence === 'online', 'the first message');
    let sent = 0;
    retained.onChange((topic) => topic.endsWith('/state') && (sent += 1));
    for (let times = 0; times < 5; times += 1) {
      hall.online();
      hall.state({ rung: 1 });
      await sleep(10);
    }
    hall.state({ rung: 2 });
    await until(() => sent > 0, 'the next message');
    expect(sent).toBe(1);
    expect(stateOf('b1')?.data).toEqual({ rung: 2 });
  });

  it('stands when a driver says a state that its kind does not know', async () => {
    const { hall, stateOf, events } = await heldBell();
    hall.state({ rung: 1 });
    hall.state({ rung: 1.5 });
    hall.state({ rung: 2.5 });
    hall.online();
    await until(() => stateOf('b1')?.presence === 'online', 'the message');
    expect(stateOf('b1')?.data).toEqual({ rung: 1 });
    expect(events()).toEqual(['device.state-invalid', 'device.online']);
  });
});

describe('presence', () => {
  it('is logged when it moves, not when it is said again', async () => {
    const { hall, events } = await heldBell();
    for (let times = 0; times < 3; times += 1) hall.online();
    for (let times = 0; times < 3; times += 1) hall.silent(unplugged);
    hall.offline(unplugged);
    expect(events()).toEqual(['device.online', 'device.silent', 'device.offline']);
  });

  it('is told to listeners and counted', async () => {
    const { hall, supervisor } = await heldBell();
    const heard: string[] = [];
    const stop = supervisor.onPresence((device) => heard.push(device.presence));
    hall.online();
    stop();
    hall.offline(unplugged);
    expect(heard).toEqual(['online']);
    expect(supervisor.counts()).toEqual({ unknown: 0, online: 0, silent: 0, offline: 1 });
  });

  it('dates from the true time once a clock that was never set is set', async () => {
    let wallMs = Date.UTC(1970, 0, 1, 0, 10);
    let monotonicMs = 600_000;
    const clock = { now: () => wallMs, monotonicMs: () => monotonicMs, bootId: 'x', synced: () => wallMs > 1e12 };
    const { hall, viewOf } = await heldBell({ clock });
    hall.online();
    monotonicMs += 5_000;
    wallMs = Date.UTC(2026, 5, 1, 8, 0, 5);
    expect(viewOf('b1')?.since).toBe('2026-06-01T08:00:00.000Z');
  });
});

describe('the inventory', () => {
  it('lists every device with what it says about itself', async () => {
    const { hall, retained } = await heldBell();
    hall.online({ model: 'B1', serial: '007' });
    hall.online({ firmware: '2.0' });
    const rows = () =>
      inventorySchema.parse(
        JSON.parse(retained.get(inventoryTopic(PLACE)) ?? '{"time":"2026-01-01T00:00:00Z","devices":[]}'),
      ).devices;
    await until(() => rows()[0]?.presence === 'online', 'the inventory');
    expect(rows()).toMatchObject([
      { device: 'b1', kind: 'bell', wire: 'test', address: 'nowhere', model: 'B1', serial: '007', firmware: '2.0' },
    ]);
  });
});

describe('records', () => {
  it('become events of the device, together with the cursor', async () => {
    const { hall, spool } = await heldBell();
    const [recorded] = await hall.record([{ type: 'bell.rung', data: { times: 2 }, naturalKey: 'k1' }], {
      name: 'log',
      value: 7,
    });
    expect(recorded).toMatchObject({ repeated: false });
    expect(spool.drafts).toEqual([
      {
        topic: 'hall/v1/h1/bell/b1/event/hall.bell.rung.v1',
        source: '/halls/h1/gateways/gw1/bell/b1',
        type: 'hall.bell.rung.v1',
        class: 'record',
        data: { times: 2 },
        naturalKey: 'k1',
      },
    ]);
    expect(await hall.cursor('log')).toBe(7);
  });

  it.each([
    ['of an unknown type', { type: 'bell.melted', data: {} }],
    ['with data that does not fit', { type: 'bell.rung', data: { times: 'twice' } }],
    ['named like a property of every object', { type: 'constructor', data: {} }],
  ])('are refused %s, and nothing is stored', async (_what, occurrence) => {
    const { hall, spool } = await heldBell();
    const good = { type: 'bell.rung', data: { times: 1 } };
    await expect(hall.record([good, occurrence])).rejects.toMatchObject({ code: 'event.invalid' });
    expect(spool.drafts).toEqual([]);
  });

  it('stay pending while the disk refuses, a few at the spool and the others in line', async () => {
    const { hall, spool } = await heldBell({ limits: { recordsPendingMax: 4, recordsWaitingMax: 10 } });
    const release = spool.hold();
    const calls = Array.from({ length: 15 }, () => hall.record([{ type: 'bell.rung', data: { times: 1 } }]));
    await expect(calls[14]).rejects.toMatchObject({ code: 'device.overrun' });
    expect(spool.asked).toBe(4);
    release();
    await Promise.all(calls.slice(0, 14));
    expect(spool.drafts).toHaveLength(14);
  });
});

describe('what devices share', () => {
  it('is opened by the first, closed after the last, and its failure stays with who opened it', async () => {
    const opened: string[] = [];
    const share = (hall: BellHall) =>
      hall.share('bus', () => {
        opened.push('open');
        return { close: () => Promise.resolve(void opened.push('closed')) };
      });
    const ends: (() => void)[] = [];
    const sharing = (id: string) =>
      bell(id, async (hall) => {
        share(hall);
        hall.online();
        await new Promise<void>((resolve) => {
          ends.push(resolve);
          hall.signal.addEventListener('abort', () => resolve());
        });
      });
    const failing = bell('b3', async (hall) => {
      hall.share('other', () => {
        throw unplugged;
      });
      await aborted(hall.signal);
    });
    const { supervisor } = await supervise([sharing('b1'), sharing('b2'), failing], {
      random: () => 0.99,
      limits: { restart: { firstMs: 60_000, maxMs: 60_000 } },
    });
    await until(() => supervisor.counts().online === 2 && supervisor.counts().offline === 1, 'two online, one failed');
    ends[0]?.();
    await until(() => supervisor.counts().online === 1, 'one gone');
    expect(opened).toEqual(['open']);
    await supervisor.close();
    expect(opened).toEqual(['open', 'closed']);
  });
});

describe('messages of a device that speaks MQTT itself', () => {
  it('reach its driver, whose failure withholds the acknowledgement', async () => {
    const { hall, messages } = await heldBell();
    const heard: string[] = [];
    await expect(messages.deliver('b1', 'x', Buffer.from('?'))).rejects.toMatchObject({ code: 'device.not-listening' });
    hall.onMessage((rest, payload) => {
      heard.push(`${rest} ${Buffer.from(payload).toString()}`);
      return rest === 'bad' ? Promise.reject(unplugged) : Promise.resolve();
    });
    await messages.deliver('b1', 'press', Buffer.from('5'));
    await expect(messages.deliver('b1', 'bad', Buffer.from('5'))).rejects.toBe(unplugged);
    expect(heard).toEqual(['press 5', 'bad 5']);
  });

  it('carries what the driver says', async () => {
    const { hall, messages } = await heldBell();
    const said: unknown[] = [];
    messages.onSay((message) => void said.push(message));
    await hall.say('show', { text: '请评价' }, { retain: true });
    expect(said).toEqual([{ device: 'b1', rest: 'show', payload: '{"text":"请评价"}', retain: true }]);
  });
});
