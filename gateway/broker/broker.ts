/**
 * The local broker: devices that speak MQTT themselves, and the hall's own software. A publisher has its PUBACK only
 * after the gateway has what it said on disk.
 *
 * How a packet goes: wire (`wire.ts`) -> gate (`packet-gate.ts`: correct MQTT 3.1.1 or closed) -> Aedes (handshake,
 * take-over, wills, acknowledgements) -> `handOver` here (rights, then `onDeviceMessage` or `onCommand`) -> whoever
 * subscribed (`connection.ts`). Sessions are not stored: `docs/adr/0006-local-broker-without-stored-sessions.md`.
 */
import { describeError, type Facts } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Place } from '../kernel/names.ts';
import { once } from '../kernel/waiting.ts';
import type { Account } from './account.ts';
import { admission, type Admitted } from './admission.ts';
import { aedesBroker } from './aedes-broker.ts';
import { openConnection, type Connection } from './connection.ts';
import { doorkeeper } from './doorkeeper.ts';
import { gatewayTopics } from './gateway-topics.ts';
import { handOver, type Gateway } from './hand-over.ts';
import { DEFAULT_LIMITS, type BrokerLimits } from './limits.ts';
import { listen, type ListenAddresses, type Reception } from './listeners.ts';
import type { Message } from './packets.ts';
import { refusals } from './refusals.ts';
import { retainedStore } from './retained-store.ts';
import { passwordThrottle } from './throttle.ts';
import type { Wire } from './wire.ts';

export interface BrokerOptions extends Gateway, ListenAddresses {
  accounts: readonly Account[];
  /** A client without an account is let in from 127.0.0.1 and ::1 only: it hears events and states, and says nothing. */
  loopbackAnonymous?: boolean;
  limits?: Partial<BrokerLimits>;
  place: Place;
  log: Log;
}

export interface BrokerStatus {
  /** Clients that are connected. */
  clients: number;
  /** Sockets that have not been accepted yet. */
  pending: number;
  retained: number;
  /** Refused sockets, clients, subscriptions and messages, by reason. */
  refused: Record<string, number>;
}

export interface LocalBroker {
  readonly port: number;
  readonly websocketPort: number | undefined;
  readonly tlsPort: number | undefined;
  /** Says something as the gateway itself; QoS 1 unless told otherwise. */
  publish(topic: string, payload: string | Uint8Array, options?: { retain?: boolean; qos?: 0 | 1 }): void;
  clients(): number;
  status(): BrokerStatus;
  close(): Promise<void>;
}

const GATEWAY_TOPICS_MAX = 4_096;

/**
 * Listens and serves until `close`.
 *
 * @throws HallError `broker.port-taken`, `broker.listen-failed`, `broker.certificate-unusable`, `broker.account-twice`.
 */
export async function startBroker(options: BrokerOptions): Promise<LocalBroker> {
  const { log } = options;
  const limits: BrokerLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const monotonicMs = () => performance.now();
  const refused = refusals(log, monotonicMs);
  const retained = retainedStore(limits.retainedPerDeviceMax);
  const spokenByGateway = gatewayTopics(GATEWAY_TOPICS_MAX);
  const open = new Set<Connection>();
  const clients = new Set<Connection>();

  const fanOut = (message: Message) => {
    const levels = message.topic.split('/');
    for (const client of clients) client.offer(message, levels);
  };
  const keeper = doorkeeper({
    accounts: options.accounts,
    loopbackAnonymous: options.loopbackAnonymous ?? true,
    place: options.place,
    limits,
    throttle: passwordThrottle(limits, monotonicMs),
    clients: () => clients.size,
    onThrottled: (address) => log.warn('broker.address-throttled', { address, throttleMs: limits.throttleMs }),
  });
  const admitted = new WeakMap<Connection, Admitted>();
  const aedes = await aedesBroker({
    id: options.place.gateway,
    limits,
    keeper,
    refused,
    handOver: handOver({ gateway: options, spokenByGateway, retained, refused, fanOut }),
    onReady(connection) {
      if (!open.has(connection)) return;
      admitted.get(connection)?.accepted();
      clients.add(connection);
      log.info('broker.client-connected', factsOf(connection));
    },
  });

  const accept = (wire: Wire, place: Admitted) => {
    const connection = openConnection(wire, limits, retained, {
      subscriptionRefused: ({ address, access }, filter) =>
        refused.note('forbidden-subscription', address, { user: access?.user, filter }),
      over(over, cause) {
        open.delete(over);
        if (cause?.code === 'broker.protocol-violation') refused.note('violation', over.address, describeError(cause));
        if (clients.delete(over)) log.info('broker.client-left', { ...factsOf(over), why: cause?.message });
      },
    });
    open.add(connection);
    admitted.set(connection, place);
    aedes.handle(connection);
  };

  const door = admission(limits);
  const reception: Reception = {
    admission: door,
    limits,
    accept,
    refused: (address, reason) => refused.note(reason, address),
  };
  const listening = await listen(options, reception).catch(async (thrown: unknown) => {
    await aedes.close();
    throw thrown;
  });
  log.info('broker.listening', { port: listening.port, websocketPort: listening.websocketPort });

  return {
    port: listening.port,
    websocketPort: listening.websocketPort,
    tlsPort: listening.tlsPort,
    publish(topic, payload, { retain = false, qos = 1 } = {}) {
      const message: Message = { topic, payload: Buffer.from(payload), qos, retain };
      if (topic.startsWith('device/')) spokenByGateway.add(topic);
      if (retain) retained.keep(message, undefined);
      fanOut(message);
    },
    clients: () => clients.size,
    status: () => ({
      clients: clients.size,
      pending: door.pending(),
      retained: retained.size(),
      refused: refused.counts(),
    }),
    close: once(async () => {
      const closed = listening.close();
      for (const connection of open) connection.gate.end();
      await aedes.close();
      await closed;
    }),
  };
}

function factsOf({ address, access, request }: Connection): Facts {
  return { address, user: access?.user, clientId: request?.clientId };
}
