/**
 * Aedes, with the hooks that make it ours: it keeps the clients and their wills, shakes hands, takes over, and holds
 * every acknowledgement until `authorizePublish` calls back.
 */
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import { writeToStream } from 'mqtt-packet';
import type { Connection } from './connection.ts';
import type { Doorkeeper, RefusalCode } from './doorkeeper.ts';
import type { HandOver } from './hand-over.ts';
import type { BrokerLimits } from './limits.ts';
import type { Refusals } from './refusals.ts';
import { sessionlessStore, silentEmitter } from './sessionless-store.ts';

export interface AedesParts {
  id: string;
  limits: BrokerLimits;
  keeper: Doorkeeper;
  refused: Refusals;
  handOver: HandOver;
  /** The client has its CONNACK. */
  onReady(connection: Connection): void;
}

export interface AedesBroker {
  /** Aedes takes care of this connection from now on. */
  handle(connection: Connection): void;
  close(): Promise<void>;
}

export async function aedesBroker(parts: AedesParts): Promise<AedesBroker> {
  const { limits, keeper, refused, handOver } = parts;
  // Aedes' and mqtt.js' codec keeps a buffer for each of 65,536 numbers otherwise: 9 MB.
  writeToStream.cacheNumbers = false;
  const connections = new WeakMap<Client, Connection>();

  const aedes = await Aedes.createBroker({
    id: parts.id,
    mq: silentEmitter(),
    persistence: sessionlessStore(),
    connectTimeout: limits.connectTimeoutMs,
    drainTimeout: limits.drainTimeoutMs,
    maxInflightInbound: limits.receiveWindow,
    maxTopicLevels: limits.topicLevelsMax,

    /** No stored sessions; the keep-alive is the gate's; a client without an id gets its account's. */
    preConnect(_client, packet, done) {
      packet.clean = true;
      packet.keepalive = 0;
      if (packet.clientId === '') packet.clientId = keeper.assignedId(packet.username) ?? '';
      done(null, true);
    },

    authenticate(client, user, password, done) {
      const connection = connections.get(client);
      const willTopic = connection?.request?.will?.topic;
      const address = connection?.address ?? 'unknown';
      const verdict = keeper.judge({ address, clientId: client.id, user, password, willTopic });
      if ('access' in verdict) {
        connection?.admit(verdict.access);
        done(null, true);
        return;
      }
      refused.note(verdict.reason, address, { user, clientId: client.id });
      done(refusal(verdict.code, verdict.reason), false);
    },

    /** Messages and wills alike. */
    authorizePublish(client, packet, done) {
      const connection = client ? connections.get(client) : undefined;
      if (!connection) {
        done(new Error('no connection'));
        return;
      }
      const { topic, qos, retain } = packet;
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      handOver(connection, { topic, qos, retain, payload }, done);
    },

    /** Called just before the PUBREC of a QoS 2 message. */
    published(packet, client: Client | null, done) {
      const connection = client ? connections.get(client) : undefined;
      if (packet.qos === 2 && packet.messageId !== undefined) connection?.received(packet.messageId);
      done();
    },
  });

  aedes.on('clientReady', (client) => {
    const connection = connections.get(client);
    if (!connection) return;
    parts.onReady(connection);
    connection.gate.accepted();
  });

  return {
    handle: (connection) => void connections.set(aedes.handle(connection.gate.stream), connection),
    close: () => new Promise((closed) => aedes.close(() => closed())),
  };
}

function refusal(returnCode: RefusalCode, reason: string): AuthenticateError {
  const error = new Error(reason);
  giveCode(error, returnCode);
  return error;
}

/** Aedes answers a refused CONNECT with the `returnCode` of the error. */
function giveCode(error: Error, returnCode: RefusalCode): asserts error is AuthenticateError {
  Object.assign(error, { returnCode });
}
