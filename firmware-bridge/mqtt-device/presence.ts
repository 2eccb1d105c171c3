/**
 * Whether a device that speaks MQTT itself is there: it says hello when it has connected, a heartbeat while it has nothing
 * else to say, and goodbye as its last will. A broker may learn of a lost connection after the device is back with a new
 * one, so a goodbye counts only for the session that said hello last.
 */
import { z } from 'zod';
import type { Hall, Identity } from '../../gateway/kernel/driver.ts';
import { HallError, type ErrorCode } from '../../gateway/kernel/errors.ts';

const session = z.string().min(1).max(64).describe('another one for each connection; the same in hello and goodbye');
const word = z.string().min(1).max(64);

export const helloSchema = z.object({
  session,
  model: word.optional(),
  serial: word.optional(),
  version: word.optional().describe("of the device's own software"),
});
export const heartbeatSchema = z.object({});
export const goodbyeSchema = z.object({ session });

export type Hello = z.output<typeof helloSchema>;

export interface DevicePresence {
  readonly connected: boolean;
  /** The device has just said something. */
  heard(): void;
  hello(hello: Hello): void;
  goodbye(session: string): void;
  stop(): void;
}

export interface PresenceOptions {
  hall: Pick<Hall, 'device' | 'clock' | 'online' | 'silent' | 'offline'>;
  silentAfterMs: number;
  /** Called when the device came or went. */
  onChange: (connected: boolean) => void;
}

/** Offline until the device is heard. */
export function devicePresence({ hall, silentAfterMs, onChange }: PresenceOptions): DevicePresence {
  let connected = false;
  let present: string | undefined;
  let heardMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const appear = (identity: Identity) => {
    const news = !connected;
    connected = true;
    hall.online({ ...identity, address: `device/${hall.device}` });
    if (news) onChange(true);
  };
  const vanish = () => {
    clearTimeout(timer);
    timer = undefined;
    connected = false;
    onChange(false);
  };
  const watch = () => {
    const leftMs = silentAfterMs - (hall.clock.monotonicMs() - heardMs);
    if (leftMs > 0) {
      timer = setTimeout(watch, leftMs);
      return;
    }
    vanish();
    hall.silent(reason('mqtt-device.not-heard', hall.device));
  };
  const heard = (identity?: Identity) => {
    heardMs = hall.clock.monotonicMs();
    if (!connected || identity) appear(identity ?? {});
    timer ??= setTimeout(watch, silentAfterMs);
  };
  hall.offline(reason('mqtt-device.not-connected', hall.device));
  return {
    get connected() {
      return connected;
    },
    heard: () => heard(),
    hello({ session, model, serial, version }) {
      present = session;
      heard({ ...(model && { model }), ...(serial && { serial }), ...(version && { firmware: version }) });
    },
    goodbye(session) {
      if (present !== undefined && session !== present) return;
      vanish();
      hall.offline(reason('mqtt-device.left', hall.device));
    },
    stop: () => clearTimeout(timer),
  };
}

function reason(code: ErrorCode, device: string): HallError {
  return new HallError(code, { facts: { device } });
}
