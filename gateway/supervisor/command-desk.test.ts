/**
 * Commands at one device: carried out, failed, refused, always answered.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { testingSpool } from '../commands/testing-spool.ts';
import { HallError } from '../kernel/errors.ts';
import { aborted } from '../kernel/waiting.ts';
import type { DeviceEntry } from './device-entry.ts';
import type { Supervisor } from './supervisor.ts';
import { bell, goodBell, superviseBells, until, type BellHall } from './testing-hall.ts';

const running: Supervisor[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((supervisor) => supervisor.close()));
});

async function supervise(devices: DeviceEntry[]) {
  const hall = superviseBells(devices, await testingSpool());
  running.push(hall.supervisor);
  return hall;
}

const unplugged = new HallError('line.unreachable', { message: 'bus-a cannot be reached.' });

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
    const away = bell('b1', async (hall) => {
      hall.serve({ ring: () => Promise.resolve({ rung: 1 }) });
      hall.offline(unplugged);
      await aborted(hall.signal);
    });
    const { supervisor } = await supervise([away]);
    await until(() => supervisor.counts().offline === 1, 'offline');
    const refusal = supervisor.execute('bell', 'b1', 'ring', { times: 1 }, never);
    await expect(refusal).rejects.toMatchObject({ code: 'command.device-absent', cause: unplugged });
  });
});
