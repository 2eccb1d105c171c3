/**
 * Whether the camera can be reached: its cable, its reboots and its end, over all of its ports. One change after the other.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** What the cable carries. */
export interface PluggedPort {
  plugIn(): Promise<void>;
  pullCable(): Promise<void>;
}

export interface CameraPower {
  pullCable(): Promise<void>;
  plugIn(): Promise<void>;
  /** Down for so long; resolves when it is up again, or closed meanwhile. */
  reboot(downMs: number): Promise<void>;
  close(): Promise<void>;
}

/** The power of a camera whose ports are open. */
export function cameraPower(ports: readonly PluggedPort[]): CameraPower {
  const closing = new AbortController();
  let pulled = false;
  let reboots = 0;
  let last: Promise<unknown> = Promise.resolve();
  const settle = (): Promise<void> => {
    const settled = last.then(async () => {
      const reachable = !pulled && reboots === 0 && !closing.signal.aborted;
      await Promise.all(ports.map((port) => (reachable ? port.plugIn() : port.pullCable())));
    });
    last = settled.catch(() => undefined);
    return settled;
  };
  return {
    pullCable() {
      pulled = true;
      return settle();
    },
    plugIn() {
      pulled = false;
      return settle();
    },
    async reboot(downMs) {
      reboots += 1;
      await settle();
      await sleep(downMs, undefined, { signal: closing.signal }).catch(() => undefined);
      reboots -= 1;
      await settle();
    },
    close() {
      closing.abort();
      return settle();
    },
  };
}
