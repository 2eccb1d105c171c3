/**
 * The retained inventory: every device with what it says about itself. Put up again only when something besides a
 * time changed.
 */
import type { Clock } from '../kernel/clock.ts';
import type { RetainedMessages } from '../kernel/retained.ts';
import type { DeviceView } from './device-status.ts';
import type { InventoryDevice } from './state-message.ts';

export interface Inventory {
  /** Compares and publishes. */
  publish(): void;
}

/** `views` are the devices now, each with the address that hall.yaml gives it. */
export function inventory(
  topic: string,
  views: () => readonly (DeviceView & { address: string })[],
  retained: Pick<RetainedMessages, 'set'>,
  clock: Clock,
): Inventory {
  let said = '';
  return {
    publish() {
      const devices = views().map(rowOf);
      const text = JSON.stringify(devices.map((device) => ({ ...device, lastSeen: undefined })));
      if (text === said) return;
      said = text;
      retained.set(topic, JSON.stringify({ time: new Date(clock.now()).toISOString(), devices }));
    },
  };
}

function rowOf(view: DeviceView & { address: string }): InventoryDevice {
  const { id, kind, wire, name, window, presence, since, identity, lastSeen, address } = view;
  return { device: id, kind, wire, name, window, presence, since, address, ...identity, lastSeen };
}
