/** The gateway is killed again and again, in the middle of everything: the centre misses nothing that was durable. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startCentralBroker, type CentralBroker } from '../../simulators/central/central-broker.ts';
import { startConsumer } from '../../simulators/central/consumer.ts';
import { verdictText } from '../../simulators/central/verdict-text.ts';
import { until } from '../../simulators/kit/until.ts';
import { systemClock } from '../kernel/clock.ts';
import { collectingLog } from '../kernel/log.ts';
import { retainedMessages } from '../kernel/retained.ts';
import { openSpool } from '../spool/spool.ts';
import { PLACE, SOURCE, TYPE } from './proving-ground.ts';
import { uplinkSchema } from './uplink-settings.ts';
import { startUplink } from './uplink.ts';

const KILLS = 6;
const CHILD = fileURLToPath(new URL('./victim.ts', import.meta.url));

/** Runs the child until it has recorded a while, kills it; returns the number of the first record that may not be durable. */
async function liveAndDie(directory: string, broker: CentralBroker, confirm: string, first: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, directory, broker.url, confirm, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let durable = first;
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = chunk.toString().trim().split('\n');
    durable = Math.max(durable, Number(lines.at(-1)));
  });
  await until('the child has recorded', () => durable >= first + 200 && broker.clientIds().includes('hall-demo-gw1'));
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  return durable;
}

it.each(['puback', 'receipt'])(
  'brings every durable record once, however often the gateway is killed (confirm: %s)',
  async (confirm) => {
    const directory = mkdtempSync(join(tmpdir(), 'uplink-crash-'));
    const broker = await startCentralBroker();
    const consumer = await startConsumer({ url: broker.url, hall: PLACE.hall, receipts: { everyMs: 10 } });
    const durable: number[] = [];
    let next = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const end = await liveAndDie(directory, broker, confirm, next);
      for (let n = next; n < end; n += 1) durable.push(n);
      // What was committed and not yet printed may arrive as well; the next life counts on from a clear distance.
      next = end + 1_000_000;
    }
    const clock = systemClock();
    const log = collectingLog();
    const spool = await openSpool({ directory, place: PLACE, clock, log, quotaBytes: 268_435_456 });
    const uplink = startUplink({
      ...{ place: PLACE, spool, retained: retainedMessages(), version: '0', bootId: 'b', clock, log },
      settings: uplinkSchema.parse({ url: broker.url, confirm, backoff: { firstMs: 5, maxMs: 20 } }),
      onCommand: () => Promise.resolve(),
    });
    await until('everything confirmed', () => uplink.status().acked >= spool.status().head);
    const expected = durable.map((n) => ({ source: SOURCE, type: TYPE, data: { n, level: (n % 5) + 1 } }));
    await until('everything arrived', () => consumer.events() >= spool.status().head);
    const verdict = consumer.verdict({ events: expected });
    expect(verdict.ok, verdictText(verdict)).toBe(true);
    expect(verdict.events).toBeGreaterThanOrEqual(durable.length);
    await uplink.close();
    await spool.close();
    await consumer.close();
    await broker.close();
    rmSync(directory, { recursive: true, force: true });
  },
);
