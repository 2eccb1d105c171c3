// Disks and quotas that refuse: nothing is acknowledged that is not safe, the rest goes on, and afterwards all is there.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { until } from '../../simulators/kit/until.ts';
import { openHall } from '../testing-gateway.ts';

/** Nearly twice what the least quota holds. */
const PUNCHES = 40_000;

test('a spool that is full of records makes devices wait, and the centre can still drain it', async () => {
  const log = Array.from({ length: PUNCHES }, (_, nth) => ({
    userId: '1001',
    time: new Date(Date.UTC(2026, 0, 1) + nth * 30_000).toISOString().slice(0, 19),
    verify: 1,
    punch: 0,
  }));
  const hall = await openHall({
    clockWith: { log },
    uplink: { confirm: 'receipt' },
    judge: { receipts: { everyMs: 20 } },
  });
  await hall.centre.down();
  const gateway = await hall.open();
  const troubles = () => hall.lines.filter(({ event }) => event === 'spool.trouble').map(({ facts }) => facts['code']);
  await until('the quota is full', () => troubles().includes('spool.quota-full'), 30_000);
  const press = hall.bus.press(1, 5);
  const desk = await hall.desk(gateway.brokerPort);
  expect(desk.connected).toBe(true);
  expect(hall.bus.truth.at(-1)?.outcome).toBeUndefined();
  await hall.centre.up();
  expect(await press).toBe('acknowledged');
  await hall.judged(PUNCHES + 1, 60_000);
  expect(hall.consumer.verdict().explained).toBe(0);
}, 120_000);

test.skipIf(process.getuid?.() !== 0)(
  'a file system that is read-only stops no start, acknowledges nothing, and is used as soon as it is mended',
  async () => {
    const hall = await openHall({ tmpfsMiB: 16 });
    const remount = (mode: 'ro' | 'rw') => execFileSync('mount', ['-o', `remount,${mode}`, hall.dataDirectory]);
    remount('ro');
    const gateway = await hall.open();
    const press = hall.bus.press(1, 4);
    await until('the gateway says so', () => hall.logged('spool.trouble'));
    expect(hall.lines.find(({ event }) => event === 'spool.trouble')?.facts).toMatchObject({ remedy: 'operator' });
    const desk = await hall.desk(gateway.brokerPort);
    let health = '';
    desk.on('message', (_topic, payload) => (health = payload.toString()));
    await desk.subscribeAsync('hall/v1/north/gateway/gw-1/health');
    await until('the hall is told', () => health.includes('"trouble":"spool.'));
    expect(hall.bus.truth.at(-1)?.outcome).toBeUndefined();
    expect(hall.received).toEqual([]);
    remount('rw');
    expect(await press).toBe('acknowledged');
    await hall.judged(1);
  },
  60_000,
);
