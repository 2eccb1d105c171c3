/**
 * What Aedes keeps in its persistence and its emitter, for a broker without stored sessions. Subscriptions, retained
 * messages and routing live in this folder (`connection.ts`, `retained-store.ts`), because Aedes' own answer one code
 * for two equal filters, ignore the granted QoS under a wildcard, and drop a message that another one overtook.
 */
import { Readable } from 'node:stream';

interface Owner {
  id: string;
}
interface Identified {
  messageId?: number;
}

/** Aedes' persistence: only which QoS 2 messages are between PUBLISH and PUBREL is kept, as long as the connection. */
export function sessionlessStore() {
  const receiving = new Map<string, Set<number>>();
  const idsOf = (client: Owner) => receiving.get(client.id) ?? new Set<number>();
  return {
    setup: async (): Promise<void> => {},
    storeRetained: () => Promise.resolve(),
    subscriptionsByTopic: () => NO_SUBSCRIPTIONS,
    outgoingEnqueueCombi: () => Promise.resolve(),
    outgoingStream: () => Readable.from([]),
    cleanSubscriptions: () => Promise.resolve(),
    putWill: () => Promise.resolve(),
    delWill: () => Promise.resolve(),
    streamWill: () => Readable.from([]),
    incomingStorePacket(client: Owner, packet: Identified) {
      receiving.set(client.id, idsOf(client).add(packet.messageId ?? 0));
      return Promise.resolve();
    },
    incomingGetPacket: (client: Owner, packet: Identified) =>
      idsOf(client).has(packet.messageId ?? 0) ? Promise.resolve(packet) : Promise.reject(new Error('no such packet')),
    incomingDelPacket(client: Owner, packet: Identified) {
      idsOf(client).delete(packet.messageId ?? 0);
      return Promise.resolve();
    },
    cleanIncoming(client: Owner) {
      receiving.delete(client.id);
      return Promise.resolve();
    },
  };
}

const NO_SUBSCRIPTIONS = Promise.resolve([]);

/** Aedes' emitter: it has nobody to tell. */
export function silentEmitter() {
  return {
    on: (_topic: string, _listener: unknown, done?: () => void) => done?.(),
    removeListener: (_topic: string, _listener: unknown, done?: () => void) => done?.(),
    emit: (_packet: unknown, done?: () => void) => done?.(),
    close: (done: () => void) => done(),
  };
}
