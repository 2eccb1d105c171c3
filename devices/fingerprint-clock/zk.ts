/**
 * Driver for clocks that speak the ZKTeco stand-alone protocol (port 4370, TCP or UDP). One visit after the other, for as
 * long as the hall runs; between two visits the reason is reported and a wait with jitter follows.
 *
 * It asks and listens; it writes nothing but the time. The commands that clear or disable a clock, or touch fingerprint
 * templates, are not in this driver's vocabulary at all (`zk-frame.ts`).
 */
import { fullJitterMs } from '../../gateway/kernel/backoff.ts';
import { defineDriver, type CommandHandlers, type Hall } from '../../gateway/kernel/driver.ts';
import { asHallError, describeError, HallError, isHallError } from '../../gateway/kernel/errors.ts';
import { zoneTime } from '../../gateway/kernel/local-time.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import { fingerprintClock, type FingerprintClock } from './kind.ts';
import { setClock } from './zk-clock-time.ts';
import { COMMAND } from './zk-frame.ts';
import { zkConfigSchema, type ZkConfig } from './zk-settings.ts';
import { clockStatus } from './status.ts';
import { beginVisit, readAgain, stay, type Station, type Visit } from './zk-visit.ts';

const FIRST_RETRY_MS = 1_000;
/** A visit that lasted this long was a good one: the waits begin small again. */
const GOOD_VISIT_MS = 60_000;

export const zk = defineDriver({
  kind: fingerprintClock,
  wire: 'zk',
  config: zkConfigSchema,
  example: { host: '192.168.1.201', nameEncoding: 'gbk' },
  address: ({ host, port }) => `${host}:${port}`,
  commands: ['set-time', 'read-log', 'test-voice', 'restart'],
  run,
});

async function run(config: ZkConfig, hall: Hall<FingerprintClock>): Promise<void> {
  const station: Station = { config, hall, status: clockStatus(hall), zone: zoneTime(hall.timeZone) };
  let visit: Visit | undefined;
  hall.serve(commandHandlers(station, () => visit));
  let attempt = 0;
  let lastCode: string | undefined;
  const stopped = () => hall.signal.aborted;
  while (!stopped()) {
    const begunMs = hall.clock.monotonicMs();
    try {
      visit = await beginVisit(station);
      lastCode = undefined;
      hall.log.info('clock.online', { line: visit.session.link.name, serial: visit.context.serial });
      await stay(visit);
    } catch (thrown) {
      visit = undefined;
      if (stopped()) return;
      const reason = asHallError(thrown, 'clock.no-answer');
      if (reason.code !== lastCode) hall.log.warn('clock.offline', describeError(reason));
      lastCode = reason.code;
      station.status.update({ realTime: false });
      hall.offline(reason);
      if (hall.clock.monotonicMs() - begunMs >= GOOD_VISIT_MS) attempt = 0;
      await sleep(retryDelayMs(reason, attempt, config), hall.signal).catch(() => undefined);
      attempt += 1;
    }
  }
}

/** What a person must mend is asked again slowly; the rest with growing, jittered waits. */
function retryDelayMs(reason: HallError, attempt: number, config: ZkConfig): number {
  if (reason.remedy === 'operator') return config.refusedRetryMs;
  return fullJitterMs(attempt, { firstMs: FIRST_RETRY_MS, maxMs: config.retryMaxMs });
}

function commandHandlers(station: Station, visiting: () => Visit | undefined): CommandHandlers<FingerprintClock> {
  const { hall, status, zone } = station;
  const visit = (): Visit => {
    const current = visiting();
    if (!current)
      throw new HallError('clock.absent', { facts: { line: `${station.config.host}:${station.config.port}` } });
    return current;
  };
  return {
    'set-time': () => setClock(visit().session, hall, status, zone, 'command'),
    'read-log': async ({ from }) => {
      const { read, fresh } = await readAgain(visit(), from);
      return { read, fresh };
    },
    'test-voice': async ({ index }) => {
      const data = Buffer.alloc(4);
      data.writeUInt32LE(index);
      await visit().session.ask(COMMAND.testVoice, data);
      return {};
    },
    restart: () => restart(visit()),
  };
}

/** A clock that restarts may answer first, or just be gone: both are what was asked for. */
async function restart({ session }: Visit): Promise<Record<string, never>> {
  await session.ask(COMMAND.restart).catch((thrown: unknown) => {
    if (isHallError(thrown) && thrown.remedy === 'reset') return;
    throw thrown;
  });
  await session.close();
  return {};
}
