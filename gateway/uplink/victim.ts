/**
 * A gateway for the crash trial, a process of its own that is killed at any moment: records without end and prints the
 * number of each record that is durable.
 *
 *     node victim <directory> <url> <puback|receipt> <first number>
 */
import { systemClock } from '../kernel/clock.ts';
import { jsonLog } from '../kernel/log.ts';
import { retainedMessages } from '../kernel/retained.ts';
import { openSpool } from '../spool/spool.ts';
import { evaluation, PLACE } from './proving-ground.ts';
import { uplinkSchema } from './uplink-settings.ts';
import { startUplink } from './uplink.ts';

const [directory = '', url = '', confirm = 'puback', first = '0'] = process.argv.slice(2);
const RECORDS_AT_ONCE = 20;

async function run(): Promise<void> {
  const clock = systemClock();
  const log = jsonLog('silent');
  const spool = await openSpool({ directory, place: PLACE, clock, log, quotaBytes: 268_435_456 });
  startUplink({
    ...{ place: PLACE, spool, retained: retainedMessages(), version: '0', bootId: clock.bootId, clock, log },
    settings: uplinkSchema.parse({ url, confirm, receiptTimeoutMs: 500, backoff: { firstMs: 5, maxMs: 20 } }),
    onCommand: () => Promise.resolve(),
  });
  for (let n = Number(first); ; n += RECORDS_AT_ONCE) {
    const drafts = Array.from({ length: RECORDS_AT_ONCE }, (_, index) => evaluation(n + index));
    await spool.append({ drafts });
    process.stdout.write(`${n + RECORDS_AT_ONCE}\n`);
  }
}

void run();
