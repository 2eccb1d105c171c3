/**
 * What all cameras of the gateway share: how many are interrogated at the same time, and one search of the network for
 * all that moved away. First contact is not limited (it is one small request), so that a dead camera holds no place here.
 */
import type { Shared } from '../../gateway/kernel/driver.ts';
import { deferred, type Deferred } from '../../gateway/kernel/waiting.ts';
import { discoverCameras, type FoundCamera } from './onvif-discovery.ts';

export interface CameraCrowd extends Shared {
  /** Waits for a place, does the work, and gives the place back; rejects with the signal's reason when it aborts first. */
  interrogate<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Cameras that answered a search not longer than `SEARCH_MS` ago. */
  neighbours(): Promise<readonly FoundCamera[]>;
}

export const CROWD_KEY = 'camera.onvif';
const PLACES = 12;
const SEARCH_MS = 120_000;

export interface CameraCrowdOptions {
  monotonicMs(): number;
  search?: (signal: AbortSignal) => Promise<FoundCamera[]>;
}

export function cameraCrowd(options: CameraCrowdOptions): CameraCrowd {
  const search = options.search ?? ((signal: AbortSignal) => discoverCameras({ signal }));
  const closing = new AbortController();
  const waiting: Deferred<undefined>[] = [];
  let inside = 0;
  let last: { atMs: number; found: Promise<readonly FoundCamera[]> } | undefined;

  const enter = async (signal: AbortSignal) => {
    signal.throwIfAborted();
    if (inside < PLACES) {
      inside += 1;
      return;
    }
    const place = deferred<undefined>();
    waiting.push(place);
    const give = () => {
      const index = waiting.indexOf(place);
      if (index < 0) return;
      waiting.splice(index, 1);
      place.reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    signal.addEventListener('abort', give, { once: true });
    await place.promise.finally(() => signal.removeEventListener('abort', give));
  };
  const leave = () => {
    const next = waiting.shift();
    if (next) next.resolve(undefined);
    else inside -= 1;
  };
  return {
    async interrogate(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
    neighbours() {
      const nowMs = options.monotonicMs();
      if (last && nowMs - last.atMs < SEARCH_MS) return last.found;
      const found = search(closing.signal).catch(() => []);
      last = { atMs: nowMs, found };
      return found;
    },
    close() {
      closing.abort(new Error('the gateway needs no cameras any more'));
      return Promise.resolve();
    },
  };
}
