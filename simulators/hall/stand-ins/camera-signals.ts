/**
 * What a camera notices, and which events must come of it. A beginning is an event at once, its end when it was quiet for
 * `settleMs`. The camera is sure that it was understood when who had pulled the message out comes back for more. What begins
 * while nobody has subscribed is told to nobody, ever: a later subscriber is told that it is so, not that it began.
 */
import type { SimulatedCamera } from '../../camera/camera.ts';
import { until } from '../../kit/until.ts';

/** The end of the event type, and whether the moment is certain to be known. */
export interface Noticed {
  signal: SignalName;
  phase: 'started' | 'ended';
  certain: boolean;
}

export type SignalName = 'motion' | 'tamper' | 'video-loss' | 'digital-input';

/** `unheard`: nobody had subscribed; `flickered`: for certain active again before its end had settled. */
export type Interest = 'unchanged' | 'unheard' | 'told' | 'flickered';

export interface CameraSignal {
  /** Changes it; resolves with what the camera saw of the world's interest in it. */
  change(on: boolean): Promise<{ outcome: Interest }>;
  /** Tells an end that was still settling. */
  close(): void;
}

export interface CameraSignalOptions {
  signal: SignalName;
  camera: Pick<SimulatedCamera, 'subscribed' | 'pulling' | 'asked'>;
  /** False when it was so already. */
  sense: (on: boolean) => boolean;
  settleMs: number;
  perMinuteMax: number;
  tell: (noticed: Noticed) => void;
}

const PATIENCE_MS = 5_000;
/** The gateway's timer began a little later than the camera's. */
const MARGIN_MS = 300;
const MINUTE_MS = 60_000;

export function cameraSignal(options: CameraSignalOptions): CameraSignal {
  const { signal, camera, settleMs, sense } = options;
  const starts: number[] = [];
  /** What the gateway has been told that began and did not end. */
  let open: { certain: boolean; subscriptions: number } | undefined;
  /** The last end may have been told to nobody: then the next beginning is no news to the gateway. */
  let doubtful = false;
  let settling: NodeJS.Timeout | undefined;
  /** Who had subscribed when it became quiet, and when the gateway's own time may be over at the earliest. */
  let quiet = { by: 0, mayEndFromMs: 0 };
  let settlesAtMs = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const subscriptions = () => camera.asked('CreatePullPointSubscription');
  const understood = () => until('back for more', () => camera.pulling() > 0, PATIENCE_MS).catch(() => false);
  const tellEnd = (certain: boolean) => {
    clearTimeout(settling);
    settling = undefined;
    if (!open) return;
    open = undefined;
    doubtful = !certain;
    options.tell({ signal, phase: 'ended', certain });
  };
  /** Whoever was told the beginning is still there, and the only one who could know. */
  const isStillThere = () => open?.certain === true && open.subscriptions === subscriptions() && camera.pulling() > 0;
  /** Whether who had subscribed, and nobody else, came back for more. */
  const takenIn = async (by: number) => (await understood()) && by === subscriptions();
  const tellStart = (by: number, taken: boolean) => {
    const flood = floods(starts, options.perMinuteMax);
    const certain = taken && !flood;
    open = { certain, subscriptions: by };
    options.tell({ signal, phase: 'started', certain: certain && !doubtful });
  };
  const begin = async (): Promise<Interest> => {
    const heard = camera.subscribed() > 0;
    if (!sense(true)) return 'unchanged';
    if (!heard) return 'unheard';
    const by = subscriptions();
    tellStart(by, await takenIn(by));
    return 'told';
  };
  /** Active again before it was quiet for long enough: nothing has ended, if who was told both took this in before its time was over. */
  const flicker = async (): Promise<Interest> => {
    clearTimeout(settling);
    settling = undefined;
    const heard = camera.subscribed() > 0;
    sense(true);
    if (!heard) {
      tellEnd(false);
      return 'unheard';
    }
    const by = subscriptions();
    const taken = await takenIn(by);
    if (taken && by === quiet.by && performance.now() < quiet.mayEndFromMs) return 'flickered';
    tellEnd(false);
    tellStart(by, taken);
    return 'told';
  };
  const on = async (): Promise<Interest> => {
    if (settling === undefined) return begin();
    if (settlesAtMs - performance.now() > 2 * MARGIN_MS) return flicker();
    await until('the end has settled', () => settling === undefined);
    return begin();
  };
  const off = async (): Promise<Interest> => {
    if (!sense(false)) return 'unchanged';
    if (!open) return 'unheard';
    quiet = { by: subscriptions(), mayEndFromMs: performance.now() + settleMs };
    const certain = await understood();
    if (settleMs === 0) {
      tellEnd(certain && isStillThere());
      return 'told';
    }
    settlesAtMs = performance.now() + settleMs + MARGIN_MS;
    settling = setTimeout(() => {
      tellEnd(certain && isStillThere());
    }, settleMs + MARGIN_MS);
    return 'told';
  };
  return {
    change(to) {
      const changed = turn.then(async () => ({ outcome: await (to ? on() : off()) }));
      turn = changed.catch(() => undefined);
      return changed;
    },
    close() {
      if (settling !== undefined) tellEnd(false);
    },
  };
}

/** Notes a beginning; true when there were more in a minute than are told. */
function floods(starts: number[], perMinuteMax: number): boolean {
  const now = performance.now();
  starts.push(now);
  while ((starts[0] ?? now) < now - MINUTE_MS) starts.shift();
  return starts.length > perMinuteMax;
}
