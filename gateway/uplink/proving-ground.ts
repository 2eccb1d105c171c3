/**
 * Ground for the uplink's tests: a gateway's spool and uplink in a fresh folder, pointed at any broker.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../kernel/clock.ts';
import type { Draft } from '../kernel/event.ts';
import { collectingLog } from '../kernel/log.ts';
import { retainedMessages, type RetainedMessages } from '../kernel/retained.ts';
import type { Spool } from '../spool/port.ts';
import { openSpool, type SpoolOptions } from '../spool/spool.ts';
import { uplinkSchema } from './uplink-settings.ts';
import { startUplink, type Uplink, type UplinkOptions } from './uplink.ts';

export const PLACE = { hall: 'demo', gateway: 'gw1' };
export const SOURCE = '/halls/demo/gateways/gw1/evaluator/w1';
export const TYPE = 'hall.evaluation.submitted.v1';
export const STATUS_TOPIC = 'hall/v1/demo/gateway/gw1/status';

export interface TestGateway {
  /** Folder of the spool. */
  directory: string;
  spool: Spool;
  uplink: Uplink;
  retained: RetainedMessages;
  log: ReturnType<typeof collectingLog>;
  commands: string[];
  /** Stores so many evaluations, numbered on; resolves when they are durable. */
  record(count: number): Promise<void>;
  /** What the centre must have in the end. */
  expected(): { source: string; type: string; data: { n: number; level: number } }[];
  /** Closes uplink and spool, and starts both again on the same files. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

type Changes = Partial<
  Pick<UplinkOptions, 'onCommand' | 'random' | 'clock'> & Pick<SpoolOptions, 'openEngine' | 'quotaBytes'>
>;

/** `settings` as in hall.yaml; impatient ones unless told otherwise. */
export async function startTestGateway(settings: object, changes: Changes = {}): Promise<TestGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'uplink-'));
  const log = collectingLog();
  const clock = changes.clock ?? systemClock();
  const retained = retainedMessages();
  const commands: string[] = [];
  const parsed = uplinkSchema.parse({ backoff: { firstMs: 10, maxMs: 50 }, connectTimeoutMs: 2_000, ...settings });
  let recorded = 0;

  const open = async () => {
    const spool = await openSpool({ directory, place: PLACE, clock, log, quotaBytes: 268_435_456, ...changes });
    const uplink = startUplink({
      ...{ place: PLACE, settings: parsed, spool, retained, version: '1.2.3', bootId: 'boot-1', clock, log },
      onCommand: (message) => Promise.resolve(void commands.push(message.topic)),
      ...changes,
    });
    return { spool, uplink };
  };
  const close = async () => {
    await gateway.uplink.close({ drainMs: 100 });
    await gateway.spool.close();
  };
  const gateway: TestGateway = {
    ...(await open()),
    ...{ directory, retained, log, commands },
    async record(count) {
      const drafts = Array.from({ length: count }, (_, index) => evaluation(recorded + index));
      recorded += count;
      await gateway.spool.append({ drafts });
    },
    expected: () =>
      Array.from({ length: recorded }, (_, n) => ({ source: SOURCE, type: TYPE, data: { n, level: (n % 5) + 1 } })),
    async restart() {
      await close();
      Object.assign(gateway, await open());
    },
    async close() {
      await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return gateway;
}

export function evaluation(n: number, extra: Draft['data'] = {}): Draft {
  return {
    topic: `hall/v1/demo/evaluator/w1/event/hall.evaluation.submitted.v1`,
    source: SOURCE,
    type: TYPE,
    class: 'record',
    data: { n, level: (n % 5) + 1, ...extra },
  };
}
