/**
 * Listening to what a camera notices, for as long as a visit lasts: subscribe, pull, and subscribe again when the camera
 * forgot the subscription. Trouble here is not the camera's absence; the visit looks for itself whether it still answers.
 */
import { fullJitterMs } from '../../gateway/kernel/backoff.ts';
import type { Hall } from '../../gateway/kernel/driver.ts';
import { asHallError, describeError } from '../../gateway/kernel/errors.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import type { Camera } from './kind.ts';
import type { CameraLink } from './onvif-link.ts';
import { openPullPoint, type PullPoint } from './onvif-pull-point.ts';
import type { Signals } from './onvif-signals.ts';
import type { CameraStatus } from './onvif-status.ts';

export interface ListeningOptions {
  hall: Hall<Camera>;
  link: CameraLink;
  /** Path of the event service. */
  path: string;
  pullMs: number;
  retryMaxMs: number;
  status: CameraStatus;
  signals: Signals;
  /** Ends with the visit. */
  signal: AbortSignal;
  /** The subscription broke: does the camera still answer? */
  onTrouble(): void;
}

const FIRST_RETRY_MS = 1_000;
/** A camera that does not hold the request, but says at once that nothing happened, is asked only so often. */
const EMPTY_PULLS_APART_MS = 1_000;

/** Subscribes once; resolves when that succeeded or failed, with the work that goes on until `signal` aborts. */
export async function startListening(options: ListeningOptions): Promise<{ ended: Promise<void> }> {
  const first = await subscribe(options);
  return { ended: listen(options, first) };
}

async function listen(options: ListeningOptions, first: PullPoint | undefined): Promise<void> {
  const { signal, retryMaxMs } = options;
  let point = first;
  let attempt = 0;
  while (!signal.aborted) {
    if (point) {
      const begunMs = performance.now();
      await pullUntilLost(options, point);
      if (performance.now() - begunMs > options.pullMs) attempt = 0;
    }
    if (isOver(signal)) return;
    await sleep(fullJitterMs(attempt, { firstMs: FIRST_RETRY_MS, maxMs: retryMaxMs }), signal).catch(() => undefined);
    if (isOver(signal)) return;
    attempt += 1;
    point = await subscribe(options);
  }
}

/** Asked anew after every wait: the signal aborts meanwhile. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function subscribe(options: ListeningOptions): Promise<PullPoint | undefined> {
  const { hall, link, path, pullMs, status, signals } = options;
  try {
    const point = await openPullPoint(link, path, pullMs);
    signals.forgetSensors();
    status.update({ events: 'subscribed' });
    return point;
  } catch (thrown) {
    tellLost(options, thrown);
    if (hall.signal.aborted) return undefined;
    status.update({ events: 'lost' });
    return undefined;
  }
}

async function pullUntilLost(options: ListeningOptions, point: PullPoint): Promise<void> {
  const { signal, signals, status } = options;
  try {
    for (;;) {
      const begunMs = performance.now();
      const notifications = await point.pull();
      // On disk before the camera is asked for the next ones: that request is all the acknowledgement there is.
      await signals.hear(notifications);
      const restMs = EMPTY_PULLS_APART_MS - (performance.now() - begunMs);
      if (notifications.length === 0 && restMs > 0) await sleep(restMs, signal);
      signal.throwIfAborted();
    }
  } catch (thrown) {
    if (!signal.aborted) {
      status.update({ events: 'lost' });
      tellLost(options, thrown);
      options.onTrouble();
    }
    // Given back also when the gateway stops; a camera that is gone has forgotten it anyway.
    if (!signal.aborted || options.hall.signal.aborted) await point.end();
  }
}

function tellLost({ hall, signal }: ListeningOptions, thrown: unknown): void {
  if (signal.aborted) return;
  hall.log.warn('camera.events-lost', describeError(asHallError(thrown, 'camera.no-answer')));
}
