/**
 * One connection to the centre's broker. mqtt.js speaks CONNECT, SUBSCRIBE, pings and inbound messages; messages of ours
 * are written past it in whole packets, and their PUBACKs never reach it. It keeps no store and never connects again: a
 * new connection is a new wire.
 */
import { MqttClient, type IClientOptions } from 'mqtt';
import { HallError } from '../kernel/errors.ts';
import { deferred } from '../kernel/waiting.ts';
import { connectError, lossError } from './link-errors.ts';
import { publishEncoder, type Publish } from './publish-encoder.ts';
import { openTransport, placeOf, readTlsMaterial, withoutPubacks } from './transport.ts';
import type { UplinkSettings } from './uplink-settings.ts';

/** A message from the centre. */
export interface Inbound {
  topic: string;
  payload: Uint8Array;
  retain: boolean;
}

export interface WireOptions {
  settings: UplinkSettings;
  clientId: string;
  will: { topic: string; payload: string };
  /** Gives up connecting. */
  signal: AbortSignal;
  onAck: (messageId: number, reasonCode: number) => void;
  /** QoS 1 messages are acknowledged to the broker when this resolves, and stay unacknowledged when it rejects. */
  onMessage(message: Inbound): Promise<void>;
}

export interface Wire {
  /** Messages without PUBACK that the broker bears (MQTT 5 Receive Maximum). */
  readonly inFlightMax: number;
  publish(messages: readonly Publish[]): void;
  /** Bytes that the network has not taken yet. */
  buffered(): number;
  /** @throws HallError `uplink.subscription-refused`, `uplink.lost` */
  subscribe(filters: readonly string[]): Promise<void>;
  /** Says DISCONNECT, so that the broker drops the will. */
  hangUp(): void;
  /** Cuts the connection; the broker will publish the will. */
  drop(reason: HallError): void;
  /** Resolves when the connection is gone, with the first cause, or undefined after `hangUp`. */
  readonly dropped: Promise<HallError | undefined>;
}

/** Ids of mqtt.js's own SUBSCRIBE packets; ours begin above. */
export const MQTT_JS_IDS = 16;

const IN_FLIGHT_MAX = 65_535 - MQTT_JS_IDS;

/**
 * Connects; resolves after the CONNACK.
 *
 * @throws HallError of the table's `uplink.*` rows that says why not.
 */
export async function openWire(options: WireOptions): Promise<Wire> {
  const { settings } = options;
  const place = placeOf(settings.url);
  const tls = await readTlsMaterial(settings.tls);
  const transport = openTransport(settings.url, tls);
  const stream = withoutPubacks(transport, options.onAck);
  const client = new MqttClient(() => stream, clientOptions(options));
  const connected = deferred<number>();
  const dropped = deferred<HallError | undefined>();
  let open = false;
  let hungUp = false;
  let cause: HallError | undefined;
  const fail = (thrown: unknown) => void (cause ??= open ? lossError(thrown, place) : connectError(thrown, place));

  client.handleMessage = (packet, done) => {
    const message = { topic: packet.topic, payload: Buffer.from(packet.payload), retain: packet.retain };
    options.onMessage(message).then(
      () => done(),
      (thrown: unknown) => done(thrown instanceof Error ? thrown : new Error(String(thrown))),
    );
  };
  client.on('error', fail);
  stream.on('error', fail);
  client.on('disconnect', (packet) => fail(new Error(`the broker said DISCONNECT ${packet.reasonCode ?? 0}`)));
  client.on('connect', (connack) => {
    open = true;
    connected.resolve(Math.min(IN_FLIGHT_MAX, connack.properties?.receiveMaximum ?? IN_FLIGHT_MAX));
  });
  stream.on('close', () => {
    fail(new Error('closed by the other side'));
    if (!open && cause) connected.reject(cause);
    dropped.resolve(hungUp ? undefined : cause);
  });

  const giveUp = () => stream.destroy();
  options.signal.addEventListener('abort', giveUp, { once: true });
  stream.once('close', () => options.signal.removeEventListener('abort', giveUp));
  if (options.signal.aborted) giveUp();
  const inFlightMax = await connected.promise;
  const encoder = publishEncoder(settings.protocol);
  return {
    inFlightMax,
    dropped: dropped.promise,
    publish(messages) {
      if (!stream.destroyed) stream.write(encoder.encode(messages));
    },
    buffered: () => stream.writableLength,
    subscribe: (filters) => subscribe(client, filters, place),
    hangUp() {
      hungUp = true;
      client.end(false);
    },
    drop(reason) {
      cause ??= reason;
      stream.destroy();
    },
  };
}

function clientOptions({ settings, clientId, will }: WireOptions): IClientOptions {
  return {
    clientId,
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    protocolVersion: settings.protocol === '5' ? 5 : 4,
    keepalive: settings.keepAliveSeconds,
    connectTimeout: settings.connectTimeoutMs,
    messageIdProvider: smallIds(),
    log: () => undefined,
    will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true },
    ...(settings.username !== undefined && { username: settings.username }),
    ...(settings.password && { password: settings.password.reveal() }),
  };
}

/** Ids 1 to 16 in turn: mqtt.js subscribes once a connection. */
function smallIds(): NonNullable<IClientOptions['messageIdProvider']> {
  let last = 0;
  return {
    allocate: () => (last = (last % MQTT_JS_IDS) + 1),
    getLastAllocated: () => last,
    register: () => true,
    deallocate: () => undefined,
    clear: () => undefined,
  };
}

function subscribe(client: MqttClient, filters: readonly string[], place: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.subscribe([...filters], { qos: 1 }, (error, granted) => {
      if (!error && granted?.every(({ qos }) => qos <= 2)) {
        resolve();
        return;
      }
      if (!client.connected) {
        reject(lossError(error, place));
        return;
      }
      const message = `${place} does not grant ${filters.join(', ')}.`;
      reject(new HallError('uplink.subscription-refused', { message, cause: error, facts: { place } }));
    });
  });
}
