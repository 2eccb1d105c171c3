/**
 * Signs of life for systemd. A gateway that stands still (a synchronous endless loop, a wedged spool) stops giving them
 * and is started again; one whose disk refuses goes on, because a restart mends no disk and would lose what waits in
 * memory (docs/adr/0005-watchdog.md).
 */
import type { Log } from '../kernel/log.ts';
import type { Spool } from '../spool/port.ts';
import { asHallError, HallError } from '../kernel/errors.ts';
import { once, sleep, withDeadline } from '../kernel/waiting.ts';
import { lagMeter } from './event-loop-lag.ts';
import { systemdNotify, watchdogPeriodMs, type Notify } from './systemd-notify.ts';

type WatchedSpool = Pick<Spool, 'probe' | 'status'>;

export interface WatchdogOptions {
  /** `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`, as systemd sets them. */
  env: NodeJS.ProcessEnv;
  spool: WatchedSpool;
  log: Log;
  limits?: Partial<WatchdogLimits>;
}

export interface WatchdogLimits {
  /** How long a small durable write may take before the spool counts as wedged; never more than a third of the period. */
  probeDeadlineMs: number;
  /** An event loop of which half the timers are later than this counts as standing still. */
  lagMedianMaxMs: number;
}

export const WATCHDOG_LIMITS: WatchdogLimits = { probeDeadlineMs: 15_000, lagMedianMaxMs: 1_000 };

/** Signs of life within one period, so that one that is lost or late restarts nothing. */
const SIGNS_PER_PERIOD = 3;

export interface Watchdog {
  /** The gateway works: tells systemd so, and gives signs of life from now on. Without systemd it does nothing. */
  ready(): Promise<void>;
  /** Tells systemd that the gateway stops. */
  close(): Promise<void>;
}

export function startWatchdog({ env, spool, log, limits }: WatchdogOptions): Watchdog {
  const notify = systemdNotify(env);
  if (!notify) return { ready: () => Promise.resolve(), close: () => Promise.resolve() };
  const tell = teller(notify, log);
  const periodMs = watchdogPeriodMs(env, process.pid);
  const stopping = new AbortController();
  let watching = Promise.resolve();
  return {
    async ready() {
      await tell(['READY=1']);
      if (periodMs === undefined) return;
      const look = lookout(spool, { ...WATCHDOG_LIMITS, ...limits }, periodMs, stopping.signal);
      watching = watch({ look, tell, log, roundMs: periodMs / SIGNS_PER_PERIOD, stopping: stopping.signal });
    },
    close: once(async () => {
      stopping.abort();
      await watching;
      await tell(['STOPPING=1']);
    }),
  };
}

/** What a look at the gateway found: `stalled` withholds the sign of life, `trouble` only shows in `systemctl status`. */
interface Findings {
  stalled?: HallError;
  trouble?: HallError;
}

interface Watch {
  look: () => Promise<Findings>;
  tell: Notify;
  log: Log;
  roundMs: number;
  stopping: AbortSignal;
}

async function watch({ look, tell, log, roundMs, stopping }: Watch): Promise<void> {
  let stalledBefore = false;
  while (!stopping.aborted) {
    const { stalled, trouble } = await look();
    if (stalled && !stalledBefore) log.error('watchdog.withheld', stalled);
    if (!stalled && stalledBefore) log.info('watchdog.resumed');
    stalledBefore = stalled !== undefined;
    const status = `STATUS=${(stalled ?? trouble)?.message ?? 'Running.'}`;
    await tell(stalled ? [status] : ['WATCHDOG=1', status]);
    await sleep(roundMs, stopping).catch(() => undefined);
  }
}

/** Looks at the event loop and at the spool; a look takes never more than a third of the period. */
function lookout(spool: WatchedSpool, limits: WatchdogLimits, periodMs: number, stopping: AbortSignal) {
  const deadlineMs = Math.min(limits.probeDeadlineMs, periodMs / SIGNS_PER_PERIOD);
  const meter = lagMeter();
  stopping.addEventListener('abort', () => meter.stop(), { once: true });
  return async (): Promise<Findings> => {
    const { medianMs } = meter.take();
    if (medianMs > limits.lagMedianMaxMs) return { stalled: loopLate(medianMs) };
    return probeSpool(spool, deadlineMs, stopping);
  };
}

/** A spool that answers, be it with a refusal, or that says itself what is wrong, is not wedged. */
async function probeSpool(spool: WatchedSpool, deadlineMs: number, stopping: AbortSignal): Promise<Findings> {
  try {
    await withDeadline(spool.probe(), deadlineMs, () => spoolWedged(deadlineMs), stopping);
    return {};
  } catch (thrown) {
    if (stopping.aborted) return {};
    const failure = asHallError(thrown, 'service.spool-wedged');
    const trouble = spool.status().trouble ?? (failure.code === 'service.spool-wedged' ? undefined : failure);
    return trouble ? { trouble } : { stalled: failure };
  }
}

/** Says it in the log when systemd cannot be told, once until it can. */
function teller(notify: Notify, log: Log): Notify {
  let unheard = false;
  return async (assignments) => {
    try {
      await notify(assignments);
      unheard = false;
    } catch (thrown) {
      if (!unheard) log.error('watchdog.unheard', thrown);
      unheard = true;
    }
  };
}

function loopLate(medianMs: number): HallError {
  return new HallError('service.loop-late', {
    message: `Half of the timers were more than ${medianMs} ms late.`,
    facts: { medianMs },
  });
}

function spoolWedged(deadlineMs: number): HallError {
  return new HallError('service.spool-wedged', {
    message: `The spool answered a small write neither way within ${deadlineMs} ms.`,
    facts: { deadlineMs },
  });
}
