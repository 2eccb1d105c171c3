/**
 * A simulated ONVIF camera on real sockets (HTTP or HTTPS, RTSP), and the hands of a person in front of it. What truly happened is
 * in `truth`; every request that came is in `requests`.
 */
import { seededRandom } from '../kit/random.ts';
import { cameraBody, type CameraBody, type TrueHappening } from './camera-body.ts';
import { cameraHands, type CameraHands } from './camera-hands.ts';
import { buildOf, CAMERA_DEFAULTS, digestOf, type CameraOptions } from './camera-options.ts';
import { cameraPower, type PluggedPort } from './camera-power.ts';
import { cameraServices, offersOf } from './camera-services.ts';
import { cameraWeb } from './camera-web.ts';
import { cameraRequests, type CameraRequest } from './camera-requests.ts';
import type { Discoverable, Discovery } from './discovery.ts';
import { DEVICE_PATH, scopesOf } from './device-service.ts';
import { noQuirks, type CameraQuirks } from './quirks.ts';
import { startRtsp } from './rtsp.ts';
import { tokenJudge } from './soap-auth.ts';
import { soapServer } from './soap-server.ts';
import type { Place } from './soap-service.ts';
import { subscriptions } from './subscriptions.ts';
import { openWebPort } from './web-port.ts';

export interface SimulatedCamera extends CameraHands {
  readonly host: string;
  readonly port: number;
  readonly rtspPort: number;
  /** `http://127.0.0.1:40001/onvif/device_service` */
  readonly deviceUrl: string;
  /** What it shows to a discovery. */
  readonly discoverable: Discoverable;
  readonly body: CameraBody;
  /** How it misbehaves; may be changed at any time. */
  readonly quirks: CameraQuirks;
  readonly truth: readonly TrueHappening[];
  onTruth(listener: (happening: TrueHappening) => void): () => void;
  /** Oldest first, bounded. */
  readonly requests: readonly CameraRequest[];
  /** How often an operation was asked for since the start; with a status, how often it was answered so. */
  asked(operation: string, status?: number): number;
  /** Connections that were taken since the start. */
  accepted(): number;
  /** Subscriptions in force. */
  subscribed(): number;
  /** Pulls that wait for something to happen: after a happening, the sign that who was told it is back for more. */
  pulling(): number;
  close(): Promise<void>;
}

/** Starts the camera, plugged in. */
export async function startCamera(given: CameraOptions = {}): Promise<SimulatedCamera> {
  const options = { ...CAMERA_DEFAULTS, ...given };
  const { host, topics, auth } = options;
  const random = seededRandom(options.seed);
  const build = buildOf(given, random);
  const body = cameraBody(build, options.now);
  const quirks = noQuirks();
  const pullPoints = subscriptions(options.subscriptionsMax);
  const digest = digestOf(options, build, random.fork());
  const shared = { body, quirks, topics, subscriptions: pullPoints };
  const services = cameraServices(options, {
    ...shared,
    place: () => place,
    reboot: () => void hands.reboot('command'),
  });
  const soap = soapServer({
    services,
    quirks,
    auth,
    digest,
    judgeToken: tokenJudge(build, () => body.clock.time()),
    refusalStatus: options.refusalStatus,
    open: options.openOperations,
  });
  const requests = cameraRequests(options.now);
  const pictureDigest = auth === 'none' ? undefined : digest;
  const web = cameraWeb({ body, quirks, requests, soap, pictureDigest });
  const webPort = await openWebPort({ ...options, onRequest: (request, response) => web.handle(request, response) });
  const rtsp = await startRtsp({ host, port: options.rtspPort, body, requests, digest: pictureDigest });
  const place = placeOf(options, { web: webPort.port, rtsp: rtsp.port });
  const discoverable: Discoverable = {
    uuid: build.uuid,
    scopes: scopesOf({ body, offers: offersOf(options, body) }),
    xaddrs: options.xaddrs ?? [place.web + DEVICE_PATH],
  };
  const ports = [webPort, rtsp, ...(options.discovery ? [shown(options.discovery, discoverable)] : [])];
  const power = cameraPower(ports);
  const hands = cameraHands({
    ...shared,
    digest,
    power,
    ports: [webPort, rtsp],
    interrupt: () => web.interrupt(),
    rebootMs: options.rebootMs,
  });
  const deviceUrl = `${options.tls ? 'https' : 'http'}://${host}:${webPort.port}${DEVICE_PATH}`;
  return {
    ...hands,
    host,
    port: webPort.port,
    rtspPort: rtsp.port,
    deviceUrl,
    discoverable,
    body,
    quirks,
    truth: body.truth,
    onTruth: (listener) => body.onTruth(listener),
    requests: requests.entries,
    asked: (operation, status) => requests.asked(operation, status),
    accepted: () => webPort.accepted(),
    subscribed: () => pullPoints.count(),
    pulling: () => pullPoints.waiting(),
    async close() {
      hands.rest();
      pullPoints.removeAll();
      web.interrupt();
      await power.close();
    },
  };
}

/** Where the camera believes it is reached. */
function placeOf(
  { host, tls, advertise }: CameraOptions & { host: string },
  ports: { web: number; rtsp: number },
): Place {
  const told = advertise?.host ?? host;
  const name = told.includes(':') ? `[${told}]` : told;
  return {
    web: `${tls ? 'https' : 'http'}://${name}:${advertise?.port ?? ports.web}`,
    rtsp: `rtsp://${name}:${ports.rtsp}`,
  };
}

/** The camera among those that a discovery tells, while it can be reached. */
function shown(discovery: Discovery, camera: Discoverable): PluggedPort {
  let hide: (() => void) | undefined = discovery.add(camera);
  return {
    plugIn() {
      if (!hide) discovery.hello(camera);
      hide ??= discovery.add(camera);
      return Promise.resolve();
    },
    pullCable() {
      hide?.();
      hide = undefined;
      return Promise.resolve();
    },
  };
}
