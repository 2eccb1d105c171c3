/**
 * Commands that wait for each other at a device, and those where the newest replaces what waits.
 */
import { expect, it } from 'vitest';
import { systemClock } from '../kernel/clock.ts';
import { collectingLog } from '../kernel/log.ts';
import { bellKind, PLACE, until } from '../supervisor/testing-hall.ts';
import { startCommands } from './commands.ts';
import { testingSpool } from './testing-spool.ts';

/** Sends two commands to a device that never answers, and then stops; tells how many were at the device. */
async function atTheDevice(besideOthers: boolean): Promise<number> {
  let asked = 0;
  const ring = { ...bellKind.commands.ring, besideOthers };
  const commands = startCommands({
    place: PLACE,
    spool: await testingSpool(),
    supervisor: {
      execute(_kind, _device, _name, _input, signal) {
        asked += 1;
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      },
    },
    kinds: { bell: { ...bellKind, commands: { ring } } },
    kindOf: () => 'bell',
    clock: systemClock(),
    log: collectingLog(),
  });
  for (const id of ['c1', 'c2']) {
    const payload = Buffer.from(JSON.stringify({ id, data: { times: 2 } }));
    await commands.submit({ topic: 'hall/v1/h1/bell/b1/command/ring', payload, retain: false, origin: 'central' });
  }
  await until(() => asked > 0, 'the first at the device');
  await until(() => asked === (besideOthers ? 2 : 1), 'those that may begin');
  await commands.close();
  return asked;
}

it('a command waits for the one before it', async () => {
  expect(await atTheDevice(false)).toBe(1);
});

it('a command whose newest replaces what waits begins at once', async () => {
  expect(await atTheDevice(true)).toBe(2);
});
