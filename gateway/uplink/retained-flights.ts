/**
 * The newest truths on their way to the centre: one waiting payload a topic, a few messages under way at once. A truth
 * that changes while its message is under way follows after it; one that changes while it waits is replaced.
 */
import type { IdRange } from './courier.ts';
import type { Publish } from './publish-encoder.ts';

export type RetainedMessage = readonly [topic: string, payload: string];

export interface RetainedFlights {
  /** Puts a topic's newest payload in the queue. */
  enqueue(topic: string, payload: string): void;
  /** The next messages, at most `count`; they are under way from now on. */
  take(count: number, nowMs: number): Publish[];
  /** Enters a PUBACK; returns its topic, or undefined when the id is not under way. */
  ack(messageId: number, nowMs: number): string | undefined;
  inFlight(): number;
  /** The messages under way. */
  messagesInFlight(): RetainedMessage[];
  /** True when nothing waits and nothing is under way. */
  settled(): boolean;
  waitingMs(nowMs: number): number;
}

export function retainedFlights(range: IdRange): RetainedFlights {
  const waiting = new Map<string, string>();
  const underWay = new Map<number, RetainedMessage>();
  const busyTopics = new Set<string>();
  const freeIds = Array.from({ length: range.last - range.first + 1 }, (_, index) => range.last - index);
  let lastProgressMs = 0;

  const launch = (topic: string, payload: string): Publish | undefined => {
    const id = freeIds.pop();
    if (id === undefined) return undefined;
    waiting.delete(topic);
    underWay.set(id, [topic, payload]);
    busyTopics.add(topic);
    return { id, topic, payload, retain: true };
  };

  return {
    enqueue: (topic, payload) => void waiting.set(topic, payload),
    take(count, nowMs) {
      const messages: Publish[] = [];
      if (underWay.size === 0) lastProgressMs = nowMs;
      for (const [topic, payload] of waiting) {
        if (messages.length >= count) break;
        if (busyTopics.has(topic)) continue;
        const message = launch(topic, payload);
        if (!message) break;
        messages.push(message);
      }
      return messages;
    },
    ack(messageId, nowMs) {
      const message = underWay.get(messageId);
      if (!message) return undefined;
      const [topic] = message;
      underWay.delete(messageId);
      busyTopics.delete(topic);
      freeIds.push(messageId);
      lastProgressMs = nowMs;
      return topic;
    },
    inFlight: () => underWay.size,
    messagesInFlight: () => [...underWay.values()],
    settled: () => waiting.size === 0 && underWay.size === 0,
    waitingMs: (nowMs) => (underWay.size === 0 ? 0 : nowMs - lastProgressMs),
  };
}
