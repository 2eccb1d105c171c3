/**
 * One client on one wire: what it may do, what it listens to, what is on its way to it and from it. It lasts as long as
 * the wire: nothing is kept for a client that is away.
 */
import type { HallError } from '../kernel/errors.ts';
import { commitQueue, type CommitQueue } from './commit-queue.ts';
import type { ConnectRequest } from './connect-packet.ts';
import type { Access } from './doorkeeper.ts';
import { violation } from './frames.ts';
import type { BrokerLimits } from './limits.ts';
import { outbox } from './outbox.ts';
import { packetGate, type Gate } from './packet-gate.ts';
import { topicFits } from './packet-fields.ts';
import {
  acknowledge,
  suback,
  SUBSCRIPTION_REFUSED,
  type Message,
  type PublishHead,
  type Qos,
  type Wish,
} from './packets.ts';
import type { RetainedStore } from './retained-store.ts';
import { subscriptions } from './subscriptions.ts';
import type { Wire } from './wire.ts';

export interface Connection {
  readonly address: string;
  readonly gate: Gate;
  /** Messages of this client, settled in the order they came. */
  readonly commits: CommitQueue;
  /** Its CONNECT, once it came. */
  readonly request: ConnectRequest | undefined;
  readonly access: Access | undefined;
  admit(access: Access): void;
  /** Sends the message if the client listens to its topic and may read it. `levels` is the topic split at `/`. */
  offer(message: Message, levels: readonly string[]): void;
  /** A QoS 2 message is recorded: from now on its PUBLISH is answered without looking at it again. */
  received(packetId: number): void;
}

export interface ConnectionEvents {
  subscriptionRefused(connection: Connection, filter: string): void;
  over(connection: Connection, cause: HallError | undefined): void;
}

export function openConnection(
  wire: Wire,
  limits: BrokerLimits,
  retained: RetainedStore,
  events: ConnectionEvents,
): Connection {
  const listening = subscriptions();
  /** QoS 2 messages between PUBLISH and PUBREL; true once they are recorded (section 4.3.3). */
  const receiving = new Map<number, boolean>();
  let request: ConnectRequest | undefined;
  let access: Access | undefined;

  const grant = ({ filter, qos }: Wish): number => {
    const full = listening.size() >= limits.subscriptionsPerClientMax && !listening.has(filter);
    if (full || !topicFits(filter, limits) || !access?.rights.subscribe(filter)) {
      events.subscriptionRefused(connection, filter);
      return SUBSCRIPTION_REFUSED;
    }
    listening.set(filter, qos);
    return qos;
  };
  const sendRetained = ({ filter, qos }: Wish) => {
    for (const message of retained.matching(filter)) {
      if (access?.rights.read(message.topic)) deliveries.deliver({ ...message, qos: lower(message.qos, qos) });
    }
  };
  const takePublish = ({ topic, qos, packetId }: PublishHead): boolean => {
    if (!topicFits(topic, limits)) throw violation('limit', 'A topic is too long or has too many levels.');
    return qos < 2 || takeQos2(packetId);
  };
  const takeQos2 = (packetId: number): boolean => {
    const recorded = receiving.get(packetId);
    if (recorded) gate.send(acknowledge('pubrec', packetId));
    if (recorded !== undefined) return false;
    if (receiving.size >= limits.receiveWindow) throw violation('limit', 'Too many QoS 2 messages without PUBREL.');
    receiving.set(packetId, false);
    return true;
  };

  const gate = packetGate(wire, limits, {
    connect(received) {
      request = received;
    },
    publish: takePublish,
    released(packetId) {
      if (receiving.get(packetId)) receiving.delete(packetId);
    },
    subscribe(packetId, wishes) {
      const codes = wishes.map(grant);
      gate.send(suback(packetId, codes));
      for (const [index, wish] of wishes.entries()) if (codes[index] !== SUBSCRIPTION_REFUSED) sendRetained(wish);
    },
    unsubscribe(packetId, filters) {
      for (const filter of filters) listening.remove(filter);
      gate.send(acknowledge('unsuback', packetId));
    },
    acknowledged: (type, packetId) => deliveries.acknowledged(type, packetId),
    over: (cause) => events.over(connection, cause),
  });
  const deliveries = outbox(limits, { send: gate.send, drop: gate.end });

  const connection: Connection = {
    address: wire.address,
    gate,
    commits: commitQueue(),
    get request() {
      return request;
    },
    get access() {
      return access;
    },
    admit(admitted) {
      access = admitted;
    },
    offer(message, levels) {
      const granted = listening.size() === 0 ? undefined : listening.granted(levels);
      if (granted === undefined || !access?.rights.read(message.topic)) return;
      deliveries.deliver({ ...message, qos: lower(message.qos, granted), retain: false });
    },
    received(packetId) {
      if (receiving.has(packetId)) receiving.set(packetId, true);
    },
  };
  return connection;
}

function lower(one: Qos, other: Qos): Qos {
  return one < other ? one : other;
}
