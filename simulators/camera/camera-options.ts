/**
 * Everything in which simulated cameras may differ when they are started.
 */
import type { Random } from '../kit/random.ts';
import type { CameraBuild } from './camera-body.ts';
import { defaultBuild } from './camera-defaults.ts';
import { digestJudge, type DigestAlgorithm, type DigestDialect, type DigestJudge } from './digest.ts';
import type { Discovery } from './discovery.ts';
import { OPEN_OPERATIONS, type AuthMode } from './soap-server.ts';
import type { SubscriptionForm } from './subscription-endpoint.ts';
import { USUAL_TOPICS, type TopicName } from './topics.ts';

export interface CameraOptions extends Partial<CameraBuild> {
  host?: string;
  /** 0 or absent: a free port, kept for the life of the camera. */
  port?: number;
  rtspPort?: number;
  /** HTTPS instead of HTTP; PEM texts. */
  tls?: { key: string; cert: string };
  seed?: number;
  /** Of SOAP; pictures and streams want HTTP or RTSP digest unless this is `none`. */
  auth?: AuthMode;
  digest?: {
    dialect?: DigestDialect;
    algorithms?: readonly DigestAlgorithm[];
    realm?: string;
    nonceUsesMax?: number;
  };
  /** HTTP status of a refused UsernameToken. */
  refusalStatus?: 400 | 401 | 500;
  /** Operations that need no authentication; absent: those of the specification. */
  openOperations?: ReadonlySet<string>;
  media?: 'media1' | 'media2' | 'both';
  /** False: the camera has no event service. */
  events?: boolean;
  topics?: readonly TopicName[];
  subscriptionsMax?: number;
  subscriptionForm?: SubscriptionForm;
  /** Wants wsa:Action and wsa:To from a subscriber. */
  strictAddressing?: boolean;
  /** Where the camera believes it is reached, when that is wrong: behind a router, or its factory address. */
  advertise?: { host?: string; port?: number };
  /** Shows the camera to probes while it can be reached; one socket serves all cameras. */
  discovery?: Discovery;
  /** Addresses told by discovery instead of the right one: none, several, IPv6. */
  xaddrs?: readonly string[];
  /** How long a reboot takes. */
  rebootMs?: number;
  /** The true time. */
  now?: () => number;
}

/** What holds when an option is not given. */
export const CAMERA_DEFAULTS = {
  host: '127.0.0.1',
  port: 0,
  rtspPort: 0,
  seed: 1,
  auth: 'usernametoken',
  refusalStatus: 400,
  openOperations: OPEN_OPERATIONS,
  media: 'both',
  events: true,
  topics: USUAL_TOPICS,
  subscriptionsMax: 4,
  subscriptionForm: 'address',
  strictAddressing: false,
  rebootMs: 2_000,
  now: Date.now,
} as const satisfies CameraOptions;

const DIGEST_DEFAULTS = { dialect: 'standard', algorithms: ['MD5'], realm: 'IP Camera', nonceUsesMax: 100 } as const;

/** How the camera is built: what was said, and for the rest an ordinary camera of its own. */
export function buildOf(options: CameraOptions, random: Random): CameraBuild {
  const build = defaultBuild(random);
  return { ...build, ...Object.fromEntries(Object.entries(options).filter(([name]) => name in build)) };
}

/** Who judges HTTP and RTSP digest for this camera. */
export function digestOf(options: CameraOptions, account: CameraBuild, random: Random): DigestJudge {
  return digestJudge({ ...DIGEST_DEFAULTS, ...options.digest, account, random });
}
