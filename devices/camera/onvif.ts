/**
 * Driver for cameras that speak ONVIF. One visit after the other, for as long as the hall runs; between two visits the
 * reason is reported and a wait with jitter follows.
 *
 * The gateway asks, listens and fetches single pictures. It carries no video, keeps no user of the camera, and writes
 * nothing but the time, and that only when it is told to.
 */
import { fullJitterMs } from '../../gateway/kernel/backoff.ts';
import { defineDriver, type Hall } from '../../gateway/kernel/driver.ts';
import { asHallError, describeError, HallError } from '../../gateway/kernel/errors.ts';
import type { Json } from '../../gateway/kernel/json.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import { camera, type Camera } from './kind.ts';
import { commandHandlers } from './onvif-commands.ts';
import { cameraCrowd, CROWD_KEY } from './onvif-crowd.ts';
import { onvifConfigSchema, portOf, type OnvifConfig } from './onvif-settings.ts';
import { OPEN_SIGNALS, signals } from './onvif-signals.ts';
import { snapshots } from './onvif-snapshots.ts';
import { cameraStatus } from './onvif-status.ts';
import { pictureOf, visitCamera, type Station, type Visit } from './onvif-visit.ts';

const FIRST_RETRY_MS = 1_000;
/** A visit that lasted this long was a good one: the waits begin small again. */
const GOOD_VISIT_MS = 60_000;
/** From this try on, a camera whose endpoint is known is looked for in the network. */
const SEARCH_FROM_ATTEMPT = 3;

export const onvif = defineDriver({
  kind: camera,
  wire: 'onvif',
  config: onvifConfigSchema,
  example: { host: '192.168.1.64' },
  address: (config) => `${config.host}:${portOf(config)}`,
  commands: ['snapshot', 'goto-preset', 'set-time', 'reboot'],
  run,
});

async function run(config: OnvifConfig, hall: Hall<Camera>): Promise<void> {
  let visit: Visit | undefined;
  const openBefore = await hall.cursor(OPEN_SIGNALS).catch(() => undefined);
  if (isStopped(hall)) return;
  const station = stationOf(config, hall, openBefore, () => visit);
  hall.serve(commandHandlers(station, () => visit));
  let attempt = 0;
  let lastCode: string | undefined;
  while (!hall.signal.aborted) {
    const begunMs = hall.clock.monotonicMs();
    try {
      await visitCamera(station, (present) => {
        visit = present;
        lastCode = undefined;
        hall.log.info('camera.online', { line: present.link.name, backend: present.camera.port.backend });
      });
    } catch (thrown) {
      visit = undefined;
      if (isStopped(hall)) break;
      if (hall.clock.monotonicMs() - begunMs >= GOOD_VISIT_MS) attempt = 0;
      const reason = await whereItWent(asHallError(thrown, 'camera.no-answer'), attempt, station);
      if (isStopped(hall)) break;
      if (reason.code !== lastCode) hall.log.warn('camera.offline', describeError(reason));
      lastCode = reason.code;
      station.status.update({ reachable: false });
      hall.offline(reason);
      await sleep(retryDelayMs(reason, attempt, config), hall.signal).catch(() => undefined);
      attempt += 1;
    }
  }
  station.signals.close();
}

function stationOf(
  config: OnvifConfig,
  hall: Hall<Camera>,
  openBefore: Json | undefined,
  visiting: () => Visit | undefined,
): Station {
  const status = cameraStatus(hall);
  const settings = config.events === 'off' ? { settleMs: 0, perMinuteMax: 1 } : config.events;
  const station: Station = {
    config,
    hall,
    crowd: hall.share(CROWD_KEY, () => cameraCrowd({ monotonicMs: () => hall.clock.monotonicMs() })),
    status,
    signals: signals({
      hall,
      settings,
      status,
      openBefore,
      begun: (signal) => pictureOf(station, visiting(), signal),
    }),
    snapshots: snapshots(hall, config.snapshots, status),
    random: Math.random,
  };
  return station;
}

/** Asked anew after every wait: the signal aborts meanwhile. */
function isStopped(hall: Hall<Camera>): boolean {
  return hall.signal.aborted;
}

/** What a person must mend is asked again slowly, lest the camera lock the account; the rest with growing, jittered waits. */
function retryDelayMs(reason: HallError, attempt: number, config: OnvifConfig): number {
  if (reason.remedy === 'operator' && reason.code !== 'camera.moved') return config.refusedRetryMs;
  return fullJitterMs(attempt, { firstMs: FIRST_RETRY_MS, maxMs: config.retryMaxMs });
}

/** A camera that answers a search from elsewhere has moved: its new address is told, and a person decides. */
async function whereItWent(reason: HallError, attempt: number, { config, crowd }: Station): Promise<HallError> {
  const lost = reason.code === 'camera.no-answer' || reason.code === 'camera.other-device';
  if (config.endpoint === undefined || !lost || attempt < SEARCH_FROM_ATTEMPT) return reason;
  const found = (await crowd.neighbours()).find(({ endpoint }) => endpoint === config.endpoint);
  if (!found || found.from === config.host) return reason;
  return new HallError('camera.moved', {
    message: `The camera of ${config.host} answers from ${found.from} now.`,
    cause: reason,
    facts: { was: config.host, is: found.from },
  });
}
