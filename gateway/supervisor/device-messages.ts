/**
 * Raw messages of devices that speak MQTT themselves: the broker hands them in and carries answers out, the drivers
 * hear and say them, and neither knows the other.
 */
import { HallError } from '../kernel/errors.ts';

export interface SaidMessage {
  device: string;
  /** Topic below `device/{device}/`. */
  rest: string;
  payload: string;
  retain: boolean;
}

export type MessageHandler = (rest: string, payload: Uint8Array) => Promise<void>;
export type SayListener = (message: SaidMessage) => Promise<void> | void;

export interface DeviceMessages {
  /**
   * Hands a message to the device's driver; resolves when the publisher may have its PUBACK.
   *
   * @throws HallError `device.not-listening` when no driver hears this device; whatever the handler rejects with.
   */
  deliver(device: string, rest: string, payload: Uint8Array): Promise<void>;
  /** Makes `handler` the one that hears `device`; returns the way to stop, which leaves a successor alone. */
  register(device: string, handler: MessageHandler): () => void;
  /**
   * Says something to a device; resolves when every listener took it.
   *
   * @throws HallError `device.not-listening` while nothing carries messages to devices.
   */
  say(message: SaidMessage): Promise<void>;
  /** Carries what drivers say; returns the way to stop. */
  onSay(listener: SayListener): () => void;
}

export function deviceMessages(): DeviceMessages {
  const handlers = new Map<string, MessageHandler>();
  const carriers = new Set<SayListener>();
  return {
    async deliver(device, rest, payload) {
      const handler = handlers.get(device);
      if (!handler) throw notListening(`No running driver hears the device "${device}".`, device);
      await handler(rest, payload);
    },
    register(device, handler) {
      handlers.set(device, handler);
      return () => {
        if (handlers.get(device) === handler) handlers.delete(device);
      };
    },
    async say(message) {
      if (carriers.size === 0) throw notListening('No broker carries messages to devices.', message.device);
      await Promise.all([...carriers].map(async (carry) => carry(message)));
    },
    onSay(listener) {
      carriers.add(listener);
      return () => carriers.delete(listener);
    },
  };
}

function notListening(message: string, device: string): HallError {
  return new HallError('device.not-listening', { message, facts: { device } });
}
