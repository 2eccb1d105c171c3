// A city's gateways come back at the same moment, after the centre was away: they do not come all at once.
import { afterEach, expect, test } from 'vitest';
import { startCentralBroker } from '../../simulators/central/central-broker.ts';
import { startConsumer } from '../../simulators/central/consumer.ts';
import { verdictText } from '../../simulators/central/verdict-text.ts';
import { until } from '../../simulators/kit/until.ts';
import { systemClock } from '../kernel/clock.ts';
import { collectingLog } from '../kernel/log.ts';
import { retainedMessages } from '../kernel/retained.ts';
import { drafts, freshFolder } from '../spool/proving-ground.ts';
import { openSpool } from '../spool/spool.ts';
import { uplinkSchema } from '../uplink/uplink-settings.ts';
import { startUplink } from '../uplink/uplink.ts';

const GATEWAYS = 200;
const BACKOFF_MS = 4_000;
const SLOT_MS = 500;
/** An even share of a slot is 25; all at once would be 200 in one. */
const SLOT_MAX = 75;
/** A machine that is too busy to take 200 connections for seconds takes them together: then it is tried once more. */
const PATIENT = { retry: 2, timeout: 90_000 };

const folder = freshFolder();
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
  folder.remove();
});

async function openGateway(gateway: string, url: string) {
  const place = { hall: 'north', gateway };
  const clock = systemClock();
  const log = collectingLog();
  const directory = `${folder.path}/${gateway}`;
  const spool = await openSpool({ directory, place, clock, log, quotaBytes: 16 * 1024 * 1024 });
  const uplink = startUplink({
    ...{ place, spool, retained: retainedMessages(), version: '0', bootId: clock.bootId, clock, log },
    settings: uplinkSchema.parse({ url, backoff: { firstMs: BACKOFF_MS, maxMs: BACKOFF_MS } }),
    onCommand: () => Promise.resolve(),
  });
  closers.push(async () => {
    await uplink.close();
    await spool.close();
  });
  const source = `/halls/north/gateways/${gateway}/evaluator/w1`;
  return { uplink, record: () => spool.append({ drafts: drafts(3, { source }) }) };
}

test(
  `${GATEWAYS} gateways that lost the centre together return spread over their waiting time, with every record`,
  PATIENT,
  async () => {
    const centre = await startCentralBroker();
    closers.push(() => centre.close());
    const names = Array.from({ length: GATEWAYS }, (_, nth) => `gw-${nth}`);
    const gateways = await Promise.all(names.map((name) => openGateway(name, centre.url)));
    await until('all are connected', () => centre.clientIds().length === GATEWAYS, 30_000);
    await centre.down();
    await Promise.all(gateways.map(({ record }) => record()));
    await until('all have noticed', () => gateways.every(({ uplink }) => uplink.status().link !== 'up'));
    await centre.up();
    const consumer = await startConsumer({ url: centre.url, hall: 'north', startsAt: 'first-seen' });
    closers.unshift(() => consumer.close());
    const upMs = performance.now();
    const returns = new Map<string, number>();
    await until(
      'all are back',
      () => {
        for (const id of centre.clientIds()) if (!returns.has(id)) returns.set(id, performance.now() - upMs);
        return names.every((name) => returns.has(`hall-north-${name}`));
      },
      30_000,
    );
    const slots = new Map<number, number>();
    for (const atMs of returns.values()) {
      const slot = Math.floor(atMs / SLOT_MS);
      slots.set(slot, (slots.get(slot) ?? 0) + 1);
    }
    const told = [...slots].map(([slot, count]) => `${slot * SLOT_MS} ms: ${count}`).join(', ');
    expect(Math.max(...slots.values()), told).toBeLessThan(SLOT_MAX);
    await until('everything arrived', () => consumer.events() >= GATEWAYS * 3, 30_000);
    const verdict = consumer.verdict();
    expect(verdict.ok, verdictText(verdict)).toBe(true);
  },
);
