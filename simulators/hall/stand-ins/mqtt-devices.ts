/**
 * Devices of hall.yaml that speak MQTT themselves: what happens at one is said to the gateway's broker until the gateway answers
 * it, and only then has it happened.
 */
import type { Receipt } from '../../kit/mqtt-link.ts';
import type { DeviceEntry } from '../hall-file.ts';
import type { Front, Ground, Happening, StandIn, StandInMaker } from '../stand-in.ts';
import { awaitingReceipts, type AwaitingReceipts } from './awaiting-receipts.ts';
import { brokerAccess, type BrokerAccess } from './local-broker.ts';

interface MqttDevice {
  receiptOf(id: string): Receipt | undefined;
  pullCable(): void;
  plugIn(): void;
  close(): Promise<unknown>;
}

/** How a device reaches the broker, and what makes its chances its own. */
export interface MqttPlace extends BrokerAccess {
  device: string;
  seed: number;
}

/** The device has said this, in the message with this id; it counts once it is recorded. */
export type Say = (id: string, said: Pick<Happening, 'atMs' | 'what' | 'data'>) => void;

export interface MqttDevicesOptions<Device extends MqttDevice> {
  /** `websocket` for what runs in a browser. */
  prefers: 'mqtt' | 'websocket';
  start: (entry: DeviceEntry, place: MqttPlace, say: Say, ground: Ground) => Device;
  /** What people find at it. */
  use: (device: Device, receipts: AwaitingReceipts, entry: DeviceEntry) => Front;
}

/** Stands up a device for every entry. */
export function standUpOverMqtt<Device extends MqttDevice>(
  options: MqttDevicesOptions<Device>,
): StandInMaker['standUp'] {
  return async (entries, ground) => {
    const stood = await Promise.all(entries.map((entry) => standUpOne(entry, ground, options)));
    return {
      devices: stood.map(({ standIn }) => standIn),
      async close() {
        await Promise.all(stood.map((each) => each.close()));
      },
    };
  };
}

async function standUpOne<Device extends MqttDevice>(
  entry: DeviceEntry,
  ground: Ground,
  { prefers, start, use }: MqttDevicesOptions<Device>,
): Promise<{ standIn: StandIn; close(): Promise<void> }> {
  const { id, kind } = entry;
  const place = { ...(await brokerAccess(ground.file, entry, prefers)), device: id };
  const say: Say = (message, said) => receipts.expect(message, { device: id, kind, ...said });
  const device = start(entry, { ...place, seed: ground.random.int(1, 2 ** 31) }, say, ground);
  const { onHappening } = ground;
  const receipts = awaitingReceipts({ receiptOf: (message) => device.receiptOf(message), onHappening });
  const standIn: StandIn = {
    ...use(device, receipts, entry),
    entry,
    pullCable() {
      device.pullCable();
      return Promise.resolve();
    },
    plugIn() {
      device.plugIn();
      return Promise.resolve();
    },
  };
  return {
    standIn,
    async close() {
      receipts.close();
      await device.close();
    },
  };
}
