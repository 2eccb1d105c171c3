/**
 * The hall as one run of one driver sees it. Everything is bound to that run: after its signal aborted the calls are
 * no-ops or reject with `device.stopped`, and a later run of the same device has a hall of its own.
 */
import type { Clock } from '../kernel/clock.ts';
import type { Hall } from '../kernel/driver.ts';
import type { LineSettings } from '../kernel/line-settings.ts';
import type { Log } from '../kernel/log.ts';
import type { CommandDesk } from './command-desk.ts';
import type { DeviceEntry } from './device-entry.ts';
import type { DeviceMessages } from './device-messages.ts';
import type { DeviceStatus } from './device-status.ts';
import type { Recorder } from './recorder.ts';
import type { SharedThings } from './shared-things.ts';
import { HallError } from '../kernel/errors.ts';
import { callsUntil } from './run-calls.ts';

/** The parts of a device that outlive its runs. */
export interface DeviceParts {
  entry: DeviceEntry;
  timeZone: string;
  dataDirectory: string;
  lines: Readonly<Record<string, LineSettings>>;
  status: DeviceStatus;
  recorder: Recorder;
  desk: CommandDesk;
  messages: DeviceMessages;
  shared: SharedThings;
  clock: Clock;
  log: Log;
}

export function hallOfRun(parts: DeviceParts, signal: AbortSignal): Hall {
  const { entry, status, recorder, desk, messages, shared } = parts;
  const whileRunning = callsUntil(signal);
  const unlessStopped = (act: () => void) => {
    if (!signal.aborted) act();
  };
  return {
    device: entry.id,
    window: entry.window,
    timeZone: parts.timeZone,
    dataDirectory: parts.dataDirectory,
    signal,
    log: parts.log,
    clock: parts.clock,
    line: (name) => lineNamed(parts.lines, name),
    share(key, open) {
      signal.throwIfAborted();
      return shared.borrow(key, signal, open);
    },
    online: (identity) =>
      unlessStopped(() => {
        status.seen();
        if (identity) status.identify(identity);
        status.report({ presence: 'online' });
      }),
    silent: (reason) => unlessStopped(() => status.report({ presence: 'silent', reason })),
    offline: (reason) => unlessStopped(() => status.report({ presence: 'offline', reason })),
    state: (state) =>
      unlessStopped(() => {
        status.seen();
        status.tell(state);
      }),
    record(occurrences, cursor) {
      unlessStopped(() => status.seen());
      return whileRunning(() => recorder.record(occurrences, cursor, signal));
    },
    cursor: (name) => whileRunning(() => recorder.cursor(name)),
    serve: (handlers) => unlessStopped(() => desk.serve(handlers, signal)),
    onMessage(handler) {
      if (signal.aborted) return;
      const stop = messages.register(entry.id, (rest, payload) => {
        status.seen();
        return whileRunning(() => handler(rest, payload));
      });
      signal.addEventListener('abort', stop, { once: true });
    },
    say: (rest, payload, options) =>
      whileRunning(() =>
        messages.say({
          device: entry.id,
          rest,
          payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
          retain: options?.retain ?? false,
        }),
      ),
  };
}

function lineNamed(lines: Readonly<Record<string, LineSettings>>, name: string): LineSettings {
  const settings = Object.hasOwn(lines, name) ? lines[name] : undefined;
  if (!settings)
    throw new HallError('line.unknown', { message: `There is no line "${name}" in hall.yaml.`, facts: { line: name } });
  return settings;
}
