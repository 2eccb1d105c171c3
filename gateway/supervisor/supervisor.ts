/**
 * Runs every driver of the hall, each in its own isolation: what one does wrong, it does to its own device.
 *
 * A driver that throws, returns, floods, never answers or never ends is contained: runs are restarted with a back-off,
 * records wait in a bounded queue per device, states are coalesced per device, every wait has a deadline. What cannot be
 * contained inside one process is a driver that never gives the processor back (a synchronous endless loop): then the
 * event loop stands still, the watchdog of `gateway/health` is not fed, and systemd restarts the gateway.
 */
import { whenSynced, type Clock } from '../kernel/clock.ts';
import type { Json } from '../kernel/json.ts';
import type { LineSettings } from '../kernel/line-settings.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import type { RetainedMessages } from '../kernel/retained.ts';
import type { Spool } from '../spool/port.ts';
import type { DeviceEntry } from './device-entry.ts';
import type { DeviceMessages } from './device-messages.ts';
import type { DeviceView } from './device-status.ts';
import { HallError } from '../kernel/errors.ts';
import { inventoryTopic } from '../kernel/topics.ts';
import { once } from '../kernel/waiting.ts';
import { coalescer } from './coalescer.ts';
import { inventory } from './inventory.ts';
import { SUPERVISOR_LIMITS, type SupervisorLimits } from './limits.ts';
import { sharedThings } from './shared-things.ts';
import { superviseDevice, type SupervisedDevice } from './supervised-device.ts';
import { countPresences, type PresenceCounts } from './state-message.ts';

export interface SupervisorOptions {
  place: Place;
  /** IANA name of the hall's time zone. */
  timeZone: string;
  dataDirectory: string;
  devices: readonly DeviceEntry[];
  lines: Readonly<Record<string, LineSettings>>;
  spool: Pick<Spool, 'append' | 'cursor'>;
  retained: Pick<RetainedMessages, 'set'>;
  messages: DeviceMessages;
  clock: Clock;
  log: Log;
  limits?: Partial<SupervisorLimits>;
  /** In [0, 1); spreads the restarts. */
  random?: () => number;
}

export interface Supervisor {
  devices(): DeviceView[];
  /**
   * Carries out one command with validated input; resolves with the output that the kind's schema accepted.
   *
   * @throws HallError `command.device-unknown`, and everything that `CommandDesk.execute` throws.
   */
  execute(kind: string, device: string, name: string, input: unknown, signal: AbortSignal): Promise<Json>;
  counts(): PresenceCounts;
  /** Calls the listener after a device's presence moved; returns the way to stop. */
  onPresence(listener: (device: DeviceView) => void): () => void;
  /** Stops every driver; one that does not end in time is named in the log and left. Twice does no harm. */
  close(): Promise<void>;
}

export function startSupervisor(options: SupervisorOptions): Supervisor {
  const { place, retained, clock, log } = options;
  const limits = { ...SUPERVISOR_LIMITS, ...options.limits };
  const shared = sharedThings(limits.shareCloseDeadlineMs, log);
  const listeners = new Set<(device: DeviceView) => void>();
  const supervised = new Map<string, SupervisedDevice>();

  const views = () => [...supervised.values()].map(({ status, address }) => ({ ...status.view(), address }));
  const list = inventory(inventoryTopic(place), views, retained, clock);
  const listing = coalescer(
    () => list.publish(),
    { settleMs: limits.inventorySettleMs, intervalMs: limits.inventoryIntervalMs },
    clock,
  );

  const hear = (device: DeviceView, moved: boolean) => {
    listing.changed();
    if (moved) for (const listener of listeners) listener(device);
  };
  for (const entry of options.devices) {
    supervised.set(entry.id, superviseDevice({ ...options, limits, shared, entry, hear }));
  }
  listing.changed();
  const stopLooking = whenSynced(clock, () => {
    for (const { status } of supervised.values()) status.clockSet();
    listing.changed();
  });

  return {
    devices: () => [...supervised.values()].map(({ status }) => status.view()),
    async execute(kind, device, name, input, signal) {
      const found = supervised.get(device);
      if (found?.kind !== kind) throw unknownDevice(kind, device);
      return found.desk.execute(name, input, signal);
    },
    counts: () => countPresences([...supervised.values()].map(({ status }) => status.presence().presence)),
    onPresence(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: once(async () => {
      stopLooking();
      await Promise.all([...supervised.values()].map((device) => device.stop()));
      for (const { status } of supervised.values()) status.close();
      listing.close();
    }),
  };
}

function unknownDevice(kind: string, device: string): HallError {
  return new HallError('command.device-unknown', {
    message: `There is no device "${device}" of the kind "${kind}" in this hall.`,
    facts: { kind, device },
  });
}
