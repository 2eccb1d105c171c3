/**
 * Getting to know a camera: its time, its services, who it is, what it shows and where.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError, isHallError } from '../../gateway/kernel/errors.ts';
import type { CameraIdentity, CameraPort, CameraProfile, CameraServices } from './camera-port.ts';
import type { Camera } from './kind.ts';
import { basicPort } from './onvif-basic-port.ts';
import type { CameraCrowd } from './onvif-crowd.ts';
import { fullPort } from './onvif-full-port.ts';
import type { CameraLink } from './onvif-link.ts';
import { publicUri } from './onvif-public-uri.ts';
import type { OnvifConfig } from './onvif-settings.ts';
import { findServices } from './onvif-services.ts';
import { measureClock } from './onvif-time.ts';

export interface Acquaintance {
  port: CameraPort;
  services: CameraServices;
  identity: CameraIdentity;
  profiles: (CameraProfile & { streamUri?: string | undefined })[];
  /** The profile of pictures and presets. */
  chosen: string | undefined;
  /** As the camera says it. */
  snapshotUri: string | undefined;
}

/** A recorder with 64 channels has 128; more is nonsense. */
const PROFILES_MAX = 128;
/** Stream addresses are asked of so many; the rest are listed without. */
const STREAMS_MAX = 8;
const TEXT_MAX = 128;

/** @throws as `CameraLink.ask`, and `camera.other-device`. */
export async function introduce(
  link: CameraLink,
  config: OnvifConfig,
  hall: Hall<Camera>,
  crowd: CameraCrowd,
): Promise<Acquaintance> {
  await measureClock(link, config.path, hall.clock);
  return crowd.interrogate(() => interrogate(link, config), hall.signal);
}

async function interrogate(link: CameraLink, config: OnvifConfig): Promise<Acquaintance> {
  const services = freed(await findServices(link, config.path));
  const port = await portFor(link, config, services);
  const identity = shortened(await port.identify());
  refuseStranger(identity, config);
  const known = await unlessUnsupported(() => port.profiles(), []);
  const profiles = known.slice(0, PROFILES_MAX);
  const chosen = chosenProfile(profiles, config);
  const withStreams: Acquaintance['profiles'] = [];
  for (const [index, profile] of profiles.entries()) {
    const streamUri = index < STREAMS_MAX ? await streamOf(port, profile.token, config) : undefined;
    withStreams.push({ ...profile, streamUri });
  }
  const snapshotUri =
    chosen === undefined ? undefined : await unlessUnsupported(() => port.snapshotUri(chosen), undefined);
  return { port, services, ...freed({ identity, profiles: withStreams, chosen, snapshotUri }) };
}

/**
 * The same without the answers that it was read from: V8 keeps a long text that was cut out of a longer one as a place in it, so one
 * address would keep a whole answer for as long as the camera is known.
 */
function freed<Known>(known: Known): Known {
  return structuredClone(known);
}

/** node-onvif, as the hall wants it; onvif for HTTPS and for cameras that have no Media service of the first version. */
function portFor(link: CameraLink, { backend, tls }: OnvifConfig, services: CameraServices): Promise<CameraPort> {
  const full = backend === 'onvif' || (backend === 'auto' && (tls !== undefined || services.media === undefined));
  return full ? fullPort(link, services) : basicPort(link, services);
}

function shortened(identity: CameraIdentity): CameraIdentity {
  const short = (text: string | undefined) => (text === undefined || text === '' ? undefined : text.slice(0, TEXT_MAX));
  const { manufacturer, model, serial, firmware } = identity;
  return { manufacturer: short(manufacturer), model: short(model), serial: short(serial), firmware: short(firmware) };
}

function refuseStranger({ serial }: CameraIdentity, config: OnvifConfig): void {
  if (config.serial === undefined || config.serial === serial) return;
  throw new HallError('camera.other-device', {
    message: `The camera at ${config.host} has the serial number "${serial ?? ''}", not "${config.serial}".`,
    facts: { expected: config.serial, found: serial },
  });
}

function chosenProfile(profiles: readonly CameraProfile[], { profile }: OnvifConfig): string | undefined {
  if (profile === undefined) return profiles[0]?.token;
  if (profiles.some(({ token }) => token === profile)) return profile;
  throw new HallError('camera.not-supported', {
    message: `The camera has no profile "${profile}".`,
    hint: `Set profile to one of: ${profiles.map(({ token }) => token).join(', ')}.`,
  });
}

async function streamOf(port: CameraPort, token: string, { host, username, password }: OnvifConfig) {
  const uri = await unlessUnsupported(() => port.streamUri(token), undefined);
  const secrets = [password?.reveal() ?? '', username === undefined ? '' : `${username}:`];
  return uri === undefined ? undefined : publicUri(uri, host, secrets);
}

/** A camera may lack a call and be a good camera all the same. */
async function unlessUnsupported<T, Otherwise>(ask: () => Promise<T>, otherwise: Otherwise): Promise<T | Otherwise> {
  try {
    return await ask();
  } catch (thrown) {
    if (isHallError(thrown) && ['camera.answer-refused', 'camera.not-supported'].includes(thrown.code))
      return otherwise;
    throw thrown;
  }
}
