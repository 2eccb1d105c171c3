/**
 * Tells systemd how the service is (sd_notify(3)). Node has no unix datagram sockets, so that systemd's own small
 * program carries the message; the unit needs `NotifyAccess=all`.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Sends assignments like `READY=1`; rejects when they could not be handed over in time. */
export type Notify = (assignments: readonly string[]) => Promise<void>;

const HANDOVER_DEADLINE_MS = 5_000;

/** Undefined when nobody listens: the gateway was not started by systemd as a `Type=notify` service. */
export function systemdNotify(env: NodeJS.ProcessEnv): Notify | undefined {
  if (!env.NOTIFY_SOCKET) return undefined;
  const limits = { env, timeout: HANDOVER_DEADLINE_MS, killSignal: 'SIGKILL' } as const;
  return async (assignments) => {
    await run('systemd-notify', ['--no-block', ...assignments], limits);
  };
}

/** Period that systemd allows between two signs of life, when it watches this process. */
export function watchdogPeriodMs(env: NodeJS.ProcessEnv, pid: number): number | undefined {
  if (env.WATCHDOG_PID && env.WATCHDOG_PID !== String(pid)) return undefined;
  const periodUs = Number(env.WATCHDOG_USEC);
  return periodUs > 0 ? periodUs / 1_000 : undefined;
}
