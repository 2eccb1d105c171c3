/**
 * For tests: a kind of bell, a driver made of one function, and a supervisor over them in fresh surroundings.
 */
import { z } from 'zod';
import { systemClock } from '../kernel/clock.ts';
import { defineDriver, type AnyDriver, type Hall } from '../kernel/driver.ts';
import { defineKind } from '../kernel/kind.ts';
import { collectingLog } from '../kernel/log.ts';
import { retainedMessages } from '../kernel/retained.ts';
import { aborted, sleep } from '../kernel/waiting.ts';
import type { Spool } from '../spool/port.ts';
import type { DeviceEntry } from './device-entry.ts';
import { deviceMessages } from './device-messages.ts';
import { startSupervisor, type SupervisorOptions } from './supervisor.ts';

export const PLACE = { hall: 'h1', gateway: 'gw1' };

export const bellKind = defineKind({
  name: 'bell',
  title: { en: 'Bell', zh: '电铃' },
  state: z.object({ rung: z.int() }),
  stateExample: { rung: 1 },
  events: {
    'bell.rung': {
      summary: 'The bell rang.',
      class: 'record',
      version: 1,
      data: z.strictObject({ times: z.int() }),
      example: { times: 1 },
    },
  },
  commands: {
    ring: {
      summary: 'Rings.',
      input: z.strictObject({ times: z.int().max(9) }),
      output: z.strictObject({ rung: z.int() }),
      example: { times: 1 },
      deadlineMs: 300,
    },
    mute: { summary: 'Mutes.', input: z.object({}), output: z.null(), example: {}, deadlineMs: 300 },
  },
});

export type BellHall = Hall<typeof bellKind>;
export type RunBell = (hall: BellHall) => Promise<void>;

/** A driver of bells that is nothing but `run`. */
export function bellDriver(run: RunBell): AnyDriver {
  return defineDriver({
    kind: bellKind,
    wire: 'test',
    config: z.strictObject({}),
    example: {},
    address: () => 'nowhere',
    commands: ['ring'],
    run: (_config, hall) => run(hall),
  });
}

export function bell(id: string, run: RunBell): DeviceEntry {
  return { id, driver: bellDriver(run), config: {} };
}

/** Comes online, rings when told to, stops when asked. */
export const goodBell: RunBell = async (hall) => {
  let rung = 0;
  hall.serve({
    ring: ({ times }) => {
      rung += times;
      hall.state({ rung });
      return Promise.resolve({ rung });
    },
  });
  hall.online({ model: 'B1' });
  hall.state({ rung });
  await aborted(hall.signal);
};

/** A supervisor with short limits, and everything around it that a test looks at. */
export function superviseBells(
  devices: DeviceEntry[],
  spool: Pick<Spool, 'append' | 'cursor'>,
  more: Partial<SupervisorOptions> = {},
) {
  const log = collectingLog();
  const retained = retainedMessages();
  const messages = deviceMessages();
  const clock = systemClock();
  const supervisor = startSupervisor({
    place: PLACE,
    timeZone: 'Asia/Shanghai',
    dataDirectory: '/nonexistent',
    devices,
    lines: {},
    spool,
    retained,
    messages,
    clock,
    log,
    ...more,
    limits: {
      stateIntervalMs: 40,
      inventoryIntervalMs: 50,
      inventorySettleMs: 10,
      restart: { firstMs: 20, maxMs: 40 },
      stopDeadlineMs: 200,
      ...more.limits,
    },
  });
  const events = () => log.lines.map(({ event }) => event);
  const viewOf = (id: string) => supervisor.devices().find((device) => device.id === id);
  return { supervisor, log, retained, messages, events, viewOf };
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, what: string, limitMs = 20_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`in ${limitMs} ms not seen: ${what}`);
    await sleep(5);
  }
}
