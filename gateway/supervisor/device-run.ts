/**
 * Keeps one driver running: whatever ends its run, an exception or a return, starts it again after a back-off, and the
 * reason stands in the device's state until it answers again.
 */
import { setMaxListeners } from 'node:events';
import type { SupervisorLimits } from './limits.ts';
import { fullJitterMs } from '../kernel/backoff.ts';
import { describeError, HallError, textOf } from '../kernel/errors.ts';
import { sleep, withDeadline } from '../kernel/waiting.ts';
import { hallOfRun, type DeviceParts } from './device-hall.ts';
import { stoppedError } from './run-calls.ts';

export interface DeviceRun {
  /** Aborts the run and waits for its end, at most `stopDeadlineMs`; never rejects. */
  stop(): Promise<void>;
}

export type RunLimits = Pick<SupervisorLimits, 'restart' | 'steadyMs' | 'stopDeadlineMs'>;

/** Starts the driver at once; its first synchronous part runs in a microtask, so that no driver can stop the caller. */
export function runDevice(parts: DeviceParts, limits: RunLimits, random: () => number): DeviceRun {
  const stopping = new AbortController();
  const ended = keepRunning(parts, limits, random, stopping.signal);
  return {
    async stop() {
      stopping.abort(stoppedError());
      try {
        await withDeadline(ended, limits.stopDeadlineMs, () => stuck(parts, limits.stopDeadlineMs));
      } catch (thrown) {
        parts.log.error('driver.stuck', thrown);
      }
    },
  };
}

async function keepRunning(
  parts: DeviceParts,
  limits: RunLimits,
  random: () => number,
  stopping: AbortSignal,
): Promise<void> {
  let attempt = 0;
  for (;;) {
    const begunMs = parts.clock.monotonicMs();
    const failure = await oneRun(parts, stopping);
    if (stopping.aborted) return;
    if (parts.clock.monotonicMs() - begunMs >= limits.steadyMs) attempt = 0;
    const delayMs = fullJitterMs(attempt, limits.restart, random);
    tellFailure(parts, failure, attempt, delayMs);
    attempt += 1;
    const again = await slept(delayMs, stopping);
    if (!again) return;
    parts.status.restarted();
  }
}

/** One life of the driver (which may wait for its end in many places at once); resolves with why it ended, after what it shared was given back. */
async function oneRun(parts: DeviceParts, stopping: AbortSignal): Promise<HallError> {
  const run = new AbortController();
  setMaxListeners(0, run.signal);
  let givenBack = Promise.resolve();
  const giveBack = () => void (givenBack = parts.shared.giveBack(run.signal));
  run.signal.addEventListener('abort', giveBack, { once: true });
  const stop = () => run.abort(stopping.reason);
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) stop();
  try {
    await Promise.resolve().then(() => parts.entry.driver.run(parts.entry.config, hallOfRun(parts, run.signal)));
    return failed(parts, 'it returned although nobody stopped it', undefined);
  } catch (thrown) {
    return failed(parts, textOf(thrown), thrown);
  } finally {
    stopping.removeEventListener('abort', stop);
    run.abort(stoppedError());
    await givenBack;
  }
}

/** False when the stop came before the time was over. */
function slept(delayMs: number, stopping: AbortSignal): Promise<boolean> {
  return sleep(delayMs, stopping).then(
    () => true,
    () => false,
  );
}

/** Says it once for a series of failures; the later ones of the series are for debugging only. */
function tellFailure(parts: DeviceParts, failure: HallError, attempt: number, delayMs: number): void {
  const facts = { ...describeError(failure), attempt, delayMs };
  if (attempt === 0) parts.log.warn('driver.failed', facts);
  else parts.log.debug('driver.failed-again', facts);
  parts.status.report({ presence: 'offline', reason: failure });
}

function failed({ entry }: DeviceParts, why: string, cause: unknown): HallError {
  return new HallError('device.driver-failed', {
    message: `The driver of "${entry.id}" ended: ${why}.`,
    cause,
    facts: { device: entry.id, wire: entry.driver.wire },
  });
}

function stuck({ entry }: DeviceParts, deadlineMs: number): HallError {
  return new HallError('device.driver-stuck', {
    message: `The driver of "${entry.id}" did not end within ${deadlineMs} ms after it was stopped.`,
    facts: { device: entry.id, wire: entry.driver.wire },
  });
}
