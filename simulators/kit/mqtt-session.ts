/**
 * The connection of a simulated device that speaks MQTT itself: a new session each time, with hello and, as its will,
 * goodbye; it comes back by itself while it is plugged in.
 */
import { connect, type MqttClient } from 'mqtt';

export interface MqttSessionOptions {
  /** `mqtt://host:port` or `ws://host:port`. */
  url: string;
  username: string;
  password: string;
  /** Id of the device in topics. */
  device: string;
  /** What hello says beside version and session. */
  hello?: Record<string, unknown>;
  /** Another word for each connection. */
  sessionName: () => string;
  /** It listens and has said hello. */
  onUp: () => void;
  /** A message on `device/{device}/down/{name}`; undefined: an empty one. */
  onDown: (name: string, message: Record<string, unknown> | undefined) => void;
}

export interface MqttSession {
  readonly connected: boolean;
  /** Connected, and hello is said: what is said from now on comes after it. */
  readonly greeted: boolean;
  /** Resolves with the PUBACK; rejects while there is no connection, and may stay pending when it is lost. */
  publish(name: string, payload: string | Buffer): Promise<unknown>;
  /** Ends the connection without a word and makes another one, as after a reload. */
  reconnect(): void;
  pullCable(): void;
  plugIn(): void;
  close(): Promise<void>;
}

const RETRY_MS = 100;

/** Connects at once. */
export function startMqttSession(options: MqttSessionOptions): MqttSession {
  const { device, url, username, password } = options;
  const up = (name: string) => `device/${device}/up/${name}`;
  const down = `device/${device}/down/`;
  let client: MqttClient | undefined;
  let greeted: MqttClient | undefined;
  let retry: NodeJS.Timeout | undefined;
  let pluggedIn = true;

  const greet = async (through: MqttClient, session: string) => {
    await through.subscribeAsync(`${down}#`, { qos: 1 });
    await hello(through, session);
    if (through !== client) return;
    greeted = through;
    options.onUp();
  };
  const hello = (through: MqttClient, session: string) =>
    through.publishAsync(up('hello'), JSON.stringify({ v: 1, session, ...options.hello }), { qos: 1 });
  const open = () => {
    const session = options.sessionName();
    const will = { topic: up('goodbye'), payload: JSON.stringify({ v: 1, session }), qos: 1 as const, retain: false };
    const fresh = connect(url, { username, password, clientId: username, clean: true, reconnectPeriod: 0, will });
    client = fresh;
    fresh.on('error', () => undefined);
    fresh.on('connect', () => void greet(fresh, session).catch(() => undefined));
    fresh.on('message', (topic, payload) => {
      const name = topic.slice(down.length);
      if (name === 'who') void hello(fresh, session).catch(() => undefined);
      else options.onDown(name, payload.length > 0 ? objectIn(payload) : undefined);
    });
    fresh.on('close', () => {
      if (fresh !== client || !pluggedIn) return;
      client = undefined;
      retry = setTimeout(open, RETRY_MS);
    });
  };
  const drop = () => {
    clearTimeout(retry);
    client?.end(true);
    client = undefined;
  };
  open();
  return {
    get connected() {
      return client?.connected ?? false;
    },
    get greeted() {
      return client !== undefined && client === greeted && client.connected;
    },
    publish: (name, payload) =>
      client?.connected
        ? client.publishAsync(up(name), payload, { qos: 1 })
        : Promise.reject(new Error('no connection')),
    reconnect() {
      drop();
      if (pluggedIn) open();
    },
    pullCable() {
      pluggedIn = false;
      drop();
    },
    plugIn() {
      if (!pluggedIn) open();
      pluggedIn = true;
    },
    async close() {
      pluggedIn = false;
      clearTimeout(retry);
      await client?.endAsync(true).catch(() => undefined);
      client = undefined;
    },
  };
}

function objectIn(payload: Buffer): Record<string, unknown> {
  const value: unknown = JSON.parse(payload.toString('utf8'));
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
