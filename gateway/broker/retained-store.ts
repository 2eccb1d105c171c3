/**
 * Retained messages by topic (MQTT 3.1.1 section 3.3.1.3). The gateway's own are as many as it has states; a device
 * may leave a few on its own topics.
 */
import { topicMatches } from '../kernel/topics.ts';
import type { Message } from './packets.ts';

export interface RetainedStore {
  /**
   * Keeps the message, or forgets the topic when its payload is empty. False: `owner` has no room for another topic.
   * The gateway itself has no owner and no bound.
   */
  keep(message: Message, owner: string | undefined): boolean;
  matching(filter: string): Message[];
  size(): number;
}

interface Kept {
  message: Message;
  owner: string | undefined;
}

export function retainedStore(perOwnerMax: number): RetainedStore {
  const kept = new Map<string, Kept>();
  const countOf = (owner: string) => [...kept.values()].filter((entry) => entry.owner === owner).length;
  return {
    keep(message, owner) {
      if (message.payload.length === 0) {
        kept.delete(message.topic);
        return true;
      }
      const fresh = kept.get(message.topic)?.owner !== owner || !kept.has(message.topic);
      if (owner !== undefined && fresh && countOf(owner) >= perOwnerMax) return false;
      kept.set(message.topic, { message: { ...message, payload: ownCopy(message.payload), retain: true }, owner });
      return true;
    },
    matching(filter) {
      if (!filter.includes('+') && !filter.includes('#')) {
        const entry = kept.get(filter);
        return entry ? [entry.message] : [];
      }
      return [...kept.values()].map(({ message }) => message).filter(({ topic }) => topicMatches(filter, topic));
    },
    size: () => kept.size,
  };
}

/** Memory of its own: in Node's pool, or in what the socket read, a payload of 300 bytes would hold 8 to 64 KiB for as long as it is kept. */
function ownCopy(payload: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(payload.length);
  copy.set(payload);
  return copy;
}
