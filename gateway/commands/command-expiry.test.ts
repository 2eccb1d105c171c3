// A command that waits while the box does not know what time it is: how long it waited is known all the same.
import { expect, onTestFinished, test } from 'vitest';
import { collectingLog } from '../kernel/log.ts';
import { deferred } from '../kernel/waiting.ts';
import { handClock } from '../spool/proving-ground.ts';
import { bellKind, PLACE, until } from '../supervisor/testing-hall.ts';
import { startCommands } from './commands.ts';
import { testingSpool } from './testing-spool.ts';

test.each([
  ['was never set', 0],
  ['is set back meanwhile', -3_600_000],
])('a command whose time passes behind a long one is not carried out, though the clock %s', async (_what, jumpMs) => {
  const clock = handClock(jumpMs === 0 ? 1_000 : Date.UTC(2026, 5, 1, 8));
  const spool = await testingSpool();
  const long = deferred<null>();
  let asked = 0;
  const commands = startCommands({
    place: PLACE,
    spool,
    supervisor: { execute: () => ((asked += 1) === 1 ? long.promise : Promise.resolve(null)) },
    kinds: { bell: bellKind },
    kindOf: () => 'bell',
    clock,
    log: collectingLog(),
  });
  onTestFinished(() => commands.close());
  const ring = (id: string, more: object) => {
    const payload = Buffer.from(JSON.stringify({ id, data: { times: 1 }, ...more }));
    return commands.submit({ topic: 'hall/v1/h1/bell/b1/command/ring', payload, retain: false, origin: 'central' });
  };
  await ring('long', {});
  await ring('short', { issuedAt: '2026-06-01T08:00:00Z', expiresAt: '2026-06-01T08:00:30Z' });
  clock.pass(31_000);
  clock.wallMs += jumpMs;
  long.resolve(null);
  await until(() => spool.drafts.length === 4, 'four results');
  expect(spool.drafts[3]?.data).toMatchObject({ commandId: 'short', status: 'expired' });
  expect(asked).toBe(1);
});
