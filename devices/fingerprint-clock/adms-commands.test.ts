/**
 * Commands for a clock that nobody can call: fetched, confirmed, lost on the way, refused, too late.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import type { SimulatedPushClock } from '../../simulators/fingerprint-clock/push-clock.ts';
import { recordingStore } from '../recording-hall.ts';
import { COMMAND_TEXT, commandQueue } from './adms-commands.ts';
import { keyOf, punches, pushGateway, pushingClock } from '../testing-push-hall.ts';

const clocks: SimulatedPushClock[] = [];
const never = new AbortController().signal;

/** What a gateway may ever tell a clock: hand over the log again, restart. */
afterEach(() => {
  for (const { body } of clocks.splice(0)) {
    expect(
      body.commands.filter((text) => !/^(REBOOT|DATA QUERY ATTLOG StartTime=[^\t]+\tEndTime=[^\t]+)$/.test(text)),
    ).toEqual([]);
    expect(body.refused).toEqual([]);
  }
});

async function standing(options: Parameters<typeof pushingClock>[0] = {}, store = recordingStore()) {
  const clock = await pushingClock(options);
  clocks.push(clock);
  const gateway = pushGateway(clock.port, { store });
  await until('the clock is there', () => gateway.seen.presence.state === 'online');
  await until('its log is on record', () => clock.body.handedOver() === clock.body.log.length);
  return { clock, gateway };
}

describe('read-log', () => {
  test.each([false, true])(
    'hands over the log again and doubles nothing (confirmed first: %s)',
    async (confirmsFirst) => {
      const { clock, gateway } = await standing({ log: punches(230), linesPerBatch: 50 });
      clock.quirks.confirmsFirst = confirmsFirst;
      const [lost] = gateway.store.keys.keys();
      gateway.store.keys.delete(lost ?? '');
      expect(await gateway.seen.command('read-log', {})).toEqual({ read: 230, fresh: 1 });
      expect(gateway.punched()).toEqual([...clock.body.truth, clock.body.truth[0]].map((punch) => keyOf(punch ?? {})));
    },
  );

  test('from a time on asks for that part only', async () => {
    const { clock, gateway } = await standing({ log: punches(100) });
    expect(await gateway.seen.command('read-log', { from: '2026-06-01T08:01:30' })).toEqual({ read: 10, fresh: 0 });
    expect(clock.body.commands).toEqual([
      'DATA QUERY ATTLOG StartTime=2026-06-01 08:01:30\tEndTime=2099-12-31 23:59:59',
    ]);
  });

  test('whose confirmation is lost is handed out again', async () => {
    const { clock, gateway } = await standing({ log: punches(5) });
    clock.quirks.confirmationsToLose = 1;
    expect(await gateway.seen.command('read-log', {})).toMatchObject({ fresh: 0 });
    expect(clock.body.commands).toHaveLength(2);
    expect(gateway.punched()).toHaveLength(5);
  });
});

describe('restart', () => {
  test.each([false, true])('is done when the clock restarts (without a word: %s)', async (dies) => {
    const { clock, gateway } = await standing();
    clock.quirks.dies = dies;
    await gateway.seen.command('restart', {});
    await until('the clock restarted', () => clock.body.restarts === 1);
    clock.punch('1001');
    await until('it works again', () => gateway.punched().length === 1);
    expect(clock.body.commands).toEqual(['REBOOT']);
  });
});

describe('the queue', () => {
  const queueAt = () => {
    const time = { nowMs: 0 };
    return { time, queue: commandQueue({ monotonicMs: () => time.nowMs, repeatMs: 1_000, lastId: 100 }) };
  };

  test('hands a command out again when it was not confirmed, and a restart last', async () => {
    const { time, queue } = queueAt();
    const restart = queue.send(COMMAND_TEXT.restart(), never);
    const read = queue.send(COMMAND_TEXT.readLog('2026-06-01T08:00:00'), never);
    const both = 'C:102:DATA QUERY ATTLOG StartTime=2026-06-01 08:00:00\tEndTime=2099-12-31 23:59:59\nC:101:REBOOT\n';
    expect(queue.take()).toBe(both);
    time.nowMs = 999;
    expect(queue.take()).toBe('');
    time.nowMs = 1_000;
    expect(queue.take()).toBe(both);
    queue.confirm({ id: '102', code: 0 });
    queue.confirm({ id: '101', code: 0 });
    await Promise.all([restart, read]);
    time.nowMs = 9_000;
    expect(queue.take()).toBe('');
  });

  test('fails a command that the clock refuses, with its code', async () => {
    const { queue } = queueAt();
    const sent = queue.send(COMMAND_TEXT.readLog(undefined), never);
    queue.take();
    queue.confirm({ id: '101', code: -1_002 });
    await expect(sent).rejects.toMatchObject({ code: 'clock.answer-refused', facts: { code: -1_002 } });
  });

  test('forgets a command at its deadline, and a late confirmation does no harm', async () => {
    const { queue } = queueAt();
    const deadline = new AbortController();
    const sent = queue.send(COMMAND_TEXT.restart(), deadline.signal);
    deadline.abort(new Error('too late'));
    await expect(sent).rejects.toThrow('too late');
    expect(queue.take()).toBe('');
    queue.confirm({ id: '101', code: 0 });
  });

  test('takes the introduction of a clock for its restart only after it has fetched the command', async () => {
    const { queue } = queueAt();
    let done = false;
    const sent = queue.send(COMMAND_TEXT.restart(), never).then(() => (done = true));
    queue.introduced();
    await Promise.resolve();
    expect(done).toBe(false);
    queue.take();
    queue.introduced();
    await sent;
  });

  test('holds a limited number', async () => {
    const { queue } = queueAt();
    const deadlines = Array.from({ length: 17 }, () => new AbortController());
    const sent = deadlines.map(({ signal }) => queue.send(COMMAND_TEXT.readLog(undefined), signal));
    await expect(sent[16]).rejects.toMatchObject({ code: 'command.queue-full' });
    for (const deadline of deadlines) deadline.abort(new Error('stopped'));
    const outcomes = await Promise.allSettled(sent);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  });
});
