/**
 * One visit to a camera, from first contact to losing it: get to know it, listen to what it notices, and look in calmly
 * whether it still answers and how its clock goes.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import { describeError } from '../../gateway/kernel/errors.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import type { Camera, SignalName } from './kind.ts';
import type { CameraCrowd } from './onvif-crowd.ts';
import { introduce, type Acquaintance } from './onvif-introduction.ts';
import { cameraLink, type CameraLink } from './onvif-link.ts';
import { startListening } from './onvif-listening.ts';
import type { OnvifConfig } from './onvif-settings.ts';
import type { Signals } from './onvif-signals.ts';
import type { Snapshots } from './onvif-snapshots.ts';
import type { CameraStatus } from './onvif-status.ts';
import { measureClock } from './onvif-time.ts';

export interface Visit {
  link: CameraLink;
  camera: Acquaintance;
}

/** What outlives a visit. */
export interface Station {
  config: OnvifConfig;
  hall: Hall<Camera>;
  crowd: CameraCrowd;
  status: CameraStatus;
  signals: Signals;
  snapshots: Snapshots;
  random: () => number;
}

/** Looks-in are spread by this part of their distance, so that 97 cameras are not asked in one breath. */
const JITTER = 0.2;

/**
 * Visits until the camera is lost; `present` is called once it is known and listened to.
 *
 * @throws as `CameraLink.ask` and `introduce`; the reason of the hall's signal.
 */
export async function visitCamera(station: Station, present: (visit: Visit) => void): Promise<never> {
  const { config, hall } = station;
  const leaving = new AbortController();
  const link = cameraLink(config, hall.clock, leaving.signal);
  const onStop = () => leaving.abort(hall.signal.reason);
  hall.signal.addEventListener('abort', onStop, { once: true });
  let listening: Promise<void> = Promise.resolve();
  try {
    hall.signal.throwIfAborted();
    const visit = { link, camera: await introduce(link, config, hall, station.crowd) };
    const trouble = troubleBell();
    station.status.update(knownOf(visit));
    listening = (await listenIfWanted(station, visit, leaving.signal, () => trouble.ring())).ended;
    announce(station, visit);
    present(visit);
    return await lookIn(station, visit, trouble, leaving.signal);
  } finally {
    hall.signal.removeEventListener('abort', onStop);
    leaving.abort(new Error('the visit is over'));
    await listening;
    link.close();
  }
}

async function lookIn(station: Station, visit: Visit, trouble: TroubleBell, signal: AbortSignal): Promise<never> {
  for (;;) {
    await trouble.waitFor(lookInMs(station), signal);
    const clockDriftMs = await measureClock(visit.link, station.config.path, station.hall.clock);
    station.status.update({ clockDriftMs });
  }
}

function announce({ hall }: Station, { link, camera }: Visit): void {
  const { manufacturer, model, serial, firmware } = camera.identity;
  const name = [manufacturer, model].filter((part) => part !== undefined).join(' ');
  hall.online({
    address: link.name,
    ...(name !== '' && { model: name }),
    ...(serial !== undefined && { serial }),
    ...(firmware !== undefined && { firmware }),
  });
}

/** Resolves when the camera is subscribed to, or cannot be; with the listening that ends with the visit. */
async function listenIfWanted(
  station: Station,
  { link, camera }: Visit,
  signal: AbortSignal,
  onTrouble: () => void,
): Promise<{ ended: Promise<void> }> {
  const { config, hall, status, signals } = station;
  const path = camera.services.events;
  if (config.events === 'off' || path === undefined) {
    status.update({ events: path === undefined ? 'unsupported' : 'off' });
    return { ended: Promise.resolve() };
  }
  const { pullMs } = config.events;
  const listening = { hall, link, path, pullMs, retryMaxMs: config.retryMaxMs, status, signals, signal, onTrouble };
  const { ended } = await startListening(listening);
  return { ended: ended.catch((thrown: unknown) => hall.log.error('camera.listening-failed', thrown)) };
}

/** A picture because something began; it is a favour, and its failure is only logged. */
export function pictureOf(station: Station, visit: Visit | undefined, cause: SignalName): void {
  if (!visit || !station.config.snapshots.on.includes(cause)) return;
  station.snapshots.take(visit.link, visit.camera, cause).catch((thrown: unknown) => {
    if (!station.hall.signal.aborted)
      station.hall.log.warn('camera.picture-missed', { cause, ...describeError(thrown) });
  });
}

function knownOf({ link, camera }: Visit) {
  const known = (entries: Record<string, string | undefined>) =>
    Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
  return {
    reachable: true,
    ...known({ ...camera.identity }),
    clockDriftMs: link.offsetMs,
    profiles: camera.profiles.map(({ token, name, encoding, streamUri, width, height }) => ({
      token,
      ...known({ name, encoding, streamUri }),
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
    })),
  };
}

function lookInMs({ config, random }: Station): number {
  return config.pollMs * (1 - JITTER / 2 + JITTER * random());
}

interface TroubleBell {
  ring: () => void;
  waitFor: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

/** A wait that may be cut short: when listening broke, the next look-in is now. */
function troubleBell(): TroubleBell {
  let cut = new AbortController();
  return {
    ring: () => cut.abort(new Error('look in now')),
    async waitFor(delayMs: number, signal: AbortSignal): Promise<void> {
      const onStop = () => cut.abort(signal.reason);
      signal.addEventListener('abort', onStop, { once: true });
      await sleep(delayMs, cut.signal).catch(() => undefined);
      signal.removeEventListener('abort', onStop);
      signal.throwIfAborted();
      cut = new AbortController();
    },
  };
}
