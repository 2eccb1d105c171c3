/**
 * One device under supervision: the parts that outlive its driver's runs, put together.
 */
import type { Clock } from '../kernel/clock.ts';
import type { LineSettings } from '../kernel/line-settings.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import type { RetainedMessages } from '../kernel/retained.ts';
import type { Spool } from '../spool/port.ts';
import type { DeviceMessages } from './device-messages.ts';
import type { SupervisorLimits } from './limits.ts';
import type { SharedThings } from './shared-things.ts';
import { stateTopic } from '../kernel/topics.ts';
import { commandDesk, type CommandDesk } from './command-desk.ts';
import { kindOf, type DeviceEntry } from './device-entry.ts';
import { runDevice } from './device-run.ts';
import { deviceStatus, type DeviceStatus, type DeviceView } from './device-status.ts';
import { recorder } from './recorder.ts';

export interface SupervisedDeviceOptions {
  place: Place;
  timeZone: string;
  dataDirectory: string;
  entry: DeviceEntry;
  lines: Readonly<Record<string, LineSettings>>;
  spool: Pick<Spool, 'append' | 'cursor'>;
  retained: Pick<RetainedMessages, 'set'>;
  messages: DeviceMessages;
  shared: SharedThings;
  clock: Clock;
  log: Log;
  limits: SupervisorLimits;
  random?: () => number;
  /** Hears every change that the inventory tells; `moved` when the presence is another one. */
  hear(device: DeviceView, moved: boolean): void;
}

export interface SupervisedDevice {
  kind: string;
  /** Where hall.yaml says that it sits. */
  address: string;
  status: DeviceStatus;
  desk: CommandDesk;
  stop(): Promise<void>;
}

/** Starts the device's driver. */
export function superviseDevice(options: SupervisedDeviceOptions): SupervisedDevice {
  const { place, entry, retained, clock, limits } = options;
  const kind = kindOf(entry.driver);
  const log = options.log.child({ device: entry.id, kind: kind.name });
  const status: DeviceStatus = deviceStatus({
    entry,
    kind,
    topic: stateTopic(place.hall, kind.name, entry.id),
    retained,
    stateIntervalMs: limits.stateIntervalMs,
    clock,
    log,
    onChange: (moved) => options.hear(status.view(), moved),
  });
  const { commands } = entry.driver;
  const desk = commandDesk({ device: entry.id, kind, commands, presence: () => status.presence() });
  const records = recorder({ place, kind, device: entry.id, spool: options.spool, limits });
  const parts = { ...options, status, recorder: records, desk, log };
  const run = runDevice(parts, limits, options.random ?? Math.random);
  return {
    kind: kind.name,
    address: entry.driver.address(entry.config, entry.id),
    status,
    desk,
    stop: () => run.stop(),
  };
}
