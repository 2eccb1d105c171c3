// Three days without the centre: a full clock is read, the box collects, and then everything drains to the judge.
import { beforeAll, expect, test } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { openHall } from '../testing-gateway.ts';
import { buildProgram, runProgram } from './testing-program.ts';

/** As many events as a peak day and a half of the reference hall makes; here a clock that was never read holds them. */
const PUNCHES = 200_000;
/** What Node may keep; all the records together are more than twice that, so whoever keeps them dies. */
const HEAP_MIB = 128;
const PEAK_MIB_MAX = 300;

let program: string;
beforeAll(async () => {
  program = await buildProgram('trial-outage');
});

test(`${PUNCHES} records wait for a centre that is away, in bounded memory, and drain to the last one`, async () => {
  const log = Array.from({ length: PUNCHES }, (_, nth) => ({
    userId: '1001',
    time: new Date(Date.UTC(2026, 0, 1) + nth * 30_000).toISOString().slice(0, 19),
    verify: 1,
    punch: nth % 6,
  }));
  const hall = await openHall({
    clockWith: { log, recordCapacity: 2 * PUNCHES },
    quotaMiB: 512,
    uplink: { confirm: 'receipt', batch: { rowsMax: 200 }, backoff: { firstMs: 500, maxMs: 1_000 } },
    judge: { receipts: { everyMs: 50 } },
  });
  await hall.centre.down();
  const gateway = await runProgram(program, hall, [`--max-old-space-size=${HEAP_MIB}`]);
  await until('the whole clock was read', () => gateway.said().includes('clock.log-read'), 90_000);
  expect(hall.received).toEqual([]);
  await hall.centre.up();
  await hall.judged(PUNCHES, 60_000);
  expect(gateway.peakMiB()).toBeLessThan(PEAK_MIB_MAX);
}, 180_000);
