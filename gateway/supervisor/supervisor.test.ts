/**
 * One device under supervision: its presence, its messages, its records, its commands, its end.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { testingSpool } from '../commands/testing-spool.ts';
import { HallError } from '../kernel/errors.ts';
import { inventoryTopic, stateTopic } from '../kernel/topics.ts';
import { aborted } from '../kernel/waiting.ts';
import type { DeviceEntry } from './device-entry.ts';
import { stateMessageSchema, inventorySchema } from './state-message.ts';
import type { Supervisor, SupervisorOptions } from './supervisor.ts';
import { bell, goodBell, PLACE, superviseBells, until, type BellHall } from './testing-hall.ts';

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

  it('is sent once when nothing changes, and at most once an interval when much does', async () => {
    const { hall, retained, stateOf } = await heldBell({ limits: { stateIntervalMs: 100 } });
    const sent: string[] = [];
    retained.onChange((topic, payload) => topic.endsWith('/state') && sent.push(payload));
    for (let rung = 1; rung <= 5_000; rung += 1) {
      hall.online();
      hall.state({ rung });
    }
    await until(() => (stateOf('b1')?.data as { rung: number } | null)?.rung === 5_000, 'the newest state');
    const after = sent.length;
    hall.state({ rung: 5_000 });
    hall.online();
    hall.state({ rung: 5_001 });
    await until(() => (stateOf('b1')?.data as { rung: number }).rung === 5_001, 'the last one');
    expect(after).toBeLessThanOrEqual(2);
    expect(sent).toHaveLength(after + 1);
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

describe('a command', () => {
  const never = new AbortController().signal;
  const serving = (ring: NonNullable<Parameters<BellHall['serve']>[0]['ring']>) =>
    bell('b1', async (hall) => {
      hall.serve({ ring });
      hall.online();
      await aborted(hall.signal);
    });
  const ring = async (entry: DeviceEntry) => {
    const { supervisor } = await supervise([entry]);
    await until(() => supervisor.counts().online === 1, 'online');
    return supervisor.execute('bell', 'b1', 'ring', { times: 2 }, never);
  };

  it('is carried out and its output comes back', async () => {
    expect(await ring(bell('b1', goodBell))).toEqual({ rung: 2 });
  });

  it('fails at its deadline when the device keeps it, and the handler is told', async () => {
    const signals: AbortSignal[] = [];
    const keeping = serving((_input, signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    await expect(ring(keeping)).rejects.toMatchObject({ code: 'command.timed-out' });
    expect(signals[0]?.aborted).toBe(true);
  });

  it.each([
    ['command.failed', () => Promise.reject(new TypeError('x is undefined'))],
    ['line.unreachable', () => Promise.reject(unplugged)],
    ['command.output-invalid', () => Promise.resolve({ rung: 0.5 })],
  ])('fails with %s when that is what came of it', async (code, handler) => {
    await expect(ring(serving(handler))).rejects.toMatchObject({ code });
  });

  it.each([
    ['command.device-unknown', 'bell', 'b9', 'ring'],
    ['command.device-unknown', 'evaluator', 'b1', 'ring'],
    ['command.unsupported', 'bell', 'b1', 'melt'],
    ['command.unsupported', 'bell', 'b1', 'mute'],
    ['command.unsupported', 'bell', 'b1', 'constructor'],
  ])('is refused with %s for %s/%s/%s', async (code, kind, device, name) => {
    const { supervisor } = await supervise([bell('b1', goodBell)]);
    await until(() => supervisor.counts().online === 1, 'online');
    await expect(supervisor.execute(kind, device, name, {}, never)).rejects.toMatchObject({ code });
  });

  it('is refused at once while the device is away', async () => {
    const { hall, supervisor } = await heldBell();
    hall.serve({ ring: () => Promise.resolve({ rung: 1 }) });
    hall.offline(unplugged);
    const refusal = supervisor.execute('bell', 'b1', 'ring', { times: 1 }, never);
    await expect(refusal).rejects.toMatchObject({ code: 'command.device-absent', cause: unplugged });
  });
});
