// Three days without the centre, accelerated: memory stays what it was, and everything drains.
import { expect, it } from 'vitest';
import { drafts, freshFolder, handClock, openTestSpool } from './proving-ground.ts';

const HOURS = 72;
const EVENTS_AN_HOUR = 1_000;
const GROWTH_BYTES_MAX = 48 * 1024 * 1024;

it('collects for 72 hours in bounded memory and drains to the last event', { timeout: 60_000 }, async () => {
  const folder = freshFolder();
  const clock = handClock();
  const spool = await openTestSpool(folder.path, { clock, quotaBytes: 256 * 1024 * 1024 });
  const before = process.memoryUsage();
  for (let hour = 0; hour < HOURS; hour += 1) {
    for (let done = 0; done < EVENTS_AN_HOUR; done += 250) await spool.append({ drafts: drafts(250) });
    clock.pass(3_600_000);
  }
  expect(spool.status()).toMatchObject({ depth: HOURS * EVENTS_AN_HOUR, waiting: 0, lost: 0, trouble: undefined });
  let drained = 0;
  while (spool.status().depth > 0) {
    const events = await spool.read({ after: drained, rowsMax: 500, bytesMax: 1_000_000 });
    expect(events[0]?.sequence).toBe(drained + 1);
    drained = events.at(-1)?.sequence ?? drained;
    await spool.confirm(drained);
  }
  const after = process.memoryUsage();
  expect(drained).toBe(HOURS * EVENTS_AN_HOUR);
  // What is kept, not what waits to be collected: buffers and the heap in use, with room for one collection's worth.
  expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(GROWTH_BYTES_MAX);
  await spool.close();
  folder.remove();
});
