/**
 * Keeps a line open for ever: opens it, tells who uses it, and opens it again with back-off when it drops.
 */
import { fullJitterMs, type BackoffLimits } from '../../gateway/kernel/backoff.ts';
import { asHallError, type ErrorCode, type HallError } from '../../gateway/kernel/errors.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import { sleep } from '../../gateway/kernel/waiting.ts';
import type { Line } from './line.ts';

export interface KeepOpenOptions {
  backoff: BackoffLimits;
  /** Ends it all: the line is closed before the promise resolves. */
  signal: AbortSignal;
  log: Log;
  /** The line is open; register listeners here, in the same turn, so that no byte is missed. */
  onUp: (line: Line) => void;
  /** It dropped, or could not be opened: called once for each change of reason, not for each attempt. */
  onDown: (reason: HallError) => void;
  random?: () => number;
}

/** A line that drops sooner than this after it opened counts as one more failed attempt. */
const STEADY_MS = 5_000;
/** Even a lucky jitter leaves the other side time to notice that the line is gone. */
const PAUSE_MIN_MS = 20;

/** Runs until the signal aborts; never rejects. */
export async function keepOpen(open: (signal: AbortSignal) => Promise<Line>, options: KeepOpenOptions): Promise<void> {
  const { backoff, signal, random } = options;
  const report = transitions(options);
  for (let attempt = 0; !isAborted(signal); attempt += 1) {
    try {
      const line = await open(signal);
      const openedMs = performance.now();
      report.up(line);
      const reason = await heldOpen(line, signal);
      if (performance.now() - openedMs >= STEADY_MS) attempt = 0;
      if (reason !== undefined) report.down(reason);
    } catch (thrown) {
      if (!isAborted(signal)) report.down(asHallError(thrown, 'line.unreachable'));
    }
    await sleep(PAUSE_MIN_MS + fullJitterMs(attempt, backoff, random), signal).catch(() => undefined);
  }
}

/** Waits until the line drops by itself or is closed by the abort; resolves with why it dropped. */
async function heldOpen(line: Line, signal: AbortSignal): Promise<HallError | undefined> {
  const close = () => void line.close();
  signal.addEventListener('abort', close, { once: true });
  if (isAborted(signal)) close();
  const reason = await line.dropped;
  signal.removeEventListener('abort', close);
  return reason;
}

/** Tells about changes only: up, down, and down for another reason. */
function transitions({ log, onUp, onDown }: KeepOpenOptions): { up(line: Line): void; down(reason: HallError): void } {
  let told: ErrorCode | undefined;
  return {
    up(line) {
      told = undefined;
      log.info('line.up', { line: line.name });
      onUp(line);
    },
    down(reason) {
      if (told === reason.code) return;
      told = reason.code;
      log.error('line.down', reason);
      onDown(reason);
    },
  };
}

/** A call, because the compiler believes that a property read twice has not changed in between. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
