/**
 * What a person, the world or fate does to a camera: something moves, a hand covers the lens, the power fails.
 */
import type { CameraBody, TrueHappening } from './camera-body.ts';
import type { CameraPower } from './camera-power.ts';
import type { DigestJudge } from './digest.ts';
import type { CameraQuirks } from './quirks.ts';
import type { Subscriptions } from './subscriptions.ts';
import { changesOf, type TopicName } from './topics.ts';

export interface CameraHands {
  /** Tells subscribers; false when it was so already, and nothing was told. */
  motion(on: boolean): boolean;
  tamper(on: boolean): boolean;
  videoLoss(on: boolean): boolean;
  /** Without a token, the first input. */
  digitalInput(on: boolean, token?: string): boolean;
  relay(on: boolean, token?: string): boolean;
  /** Tells how busy the processor is, to subscribers of that topic. */
  processorUsage(percent: number): void;
  /** Motion begins and ends so often a second, for so long; resolves when the storm is over. */
  storm(perSecond: number, seconds: number): Promise<void>;
  /** Drops every connection and subscription; resolves when the camera is up again. */
  reboot(by?: 'person' | 'command', downMs?: number): Promise<void>;
  /** Puts the camera's clock off by so much more. */
  drift(byMs: number): void;
  pullCable(): Promise<void>;
  plugIn(): Promise<void>;
  hang(): void;
  wake(): void;
  /** All subscriptions are forgotten without a word. */
  dropSubscriptions(): void;
  /** Every nonce of HTTP and RTSP digest is stale from now on. */
  expireNonces(): void;
  /** Ends what still goes on. */
  rest(): void;
}

export interface HandParts {
  body: CameraBody;
  quirks: CameraQuirks;
  topics: readonly TopicName[];
  subscriptions: Subscriptions;
  digest: DigestJudge;
  power: CameraPower;
  ports: readonly { hang(): void; wake(): void }[];
  /** Ends long polls. */
  interrupt: () => void;
  rebootMs: number;
}

const STORM_TICK_MS = 10;

export function cameraHands(parts: HandParts): CameraHands {
  const { body, power, subscriptions, ports } = parts;
  const { inputs, relays } = body.build;
  const storms = new Set<() => void>();
  body.onTruth((happening) => tellSubscribers(parts, happening));
  return {
    motion: (on) => body.sense('motion', on),
    tamper: (on) => body.sense('tamper', on),
    videoLoss: (on) => body.sense('video-loss', on),
    digitalInput: (on, token = inputs[0]) => body.sense('digital-input', on, token),
    relay: (on, token = relays[0]) => body.sense('relay', on, token),
    processorUsage: (percent) => body.happen({ what: 'processor-usage', percent }),
    storm: (perSecond, seconds) => storm(body, { perSecond, seconds }, storms),
    async reboot(by = 'person', downMs = parts.rebootMs) {
      body.happen({ what: 'reboot', by });
      subscriptions.removeAll();
      parts.interrupt();
      await power.reboot(downMs);
    },
    drift: (byMs) => body.clock.drift(byMs),
    async pullCable() {
      body.happen({ what: 'cable', in: false });
      await power.pullCable();
    },
    async plugIn() {
      body.happen({ what: 'cable', in: true });
      await power.plugIn();
    },
    hang: () => ports.forEach((port) => port.hang()),
    wake: () => ports.forEach((port) => port.wake()),
    dropSubscriptions: () => subscriptions.removeAll(),
    expireNonces: () => parts.digest.expireNonces(),
    rest: () => storms.forEach((end) => end()),
  };
}

function tellSubscribers({ body, quirks, topics, subscriptions }: HandParts, happening: TrueHappening): void {
  const timeMs = body.clock.time();
  const notifications =
    'on' in happening
      ? changesOf(topics, { what: happening.what, value: happening.on, token: happening.token, timeMs })
      : happening.what === 'processor-usage'
        ? changesOf(topics, { what: happening.what, value: happening.percent, timeMs })
        : [];
  for (const notification of notifications) {
    subscriptions.publish(notification);
    if (quirks.repeatEvents) subscriptions.publish(notification);
  }
}

function storm(
  body: CameraBody,
  { perSecond, seconds }: { perSecond: number; seconds: number },
  storms: Set<() => void>,
): Promise<void> {
  const startedMs = performance.now();
  const total = Math.round(perSecond * seconds);
  let told = 0;
  return new Promise((resolve) => {
    const end = () => {
      clearInterval(timer);
      storms.delete(end);
      resolve();
    };
    const tick = () => {
      const due = Math.min(total, Math.floor(((performance.now() - startedMs) / 1_000) * perSecond));
      for (; told < due; told += 1) body.sense('motion', !(body.senses.get('motion/') ?? false));
      if (told >= total) end();
    };
    const timer = setInterval(tick, STORM_TICK_MS);
    storms.add(end);
  });
}
