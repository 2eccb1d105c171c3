/**
 * The subscriptions of one client. However many of them match, a message is delivered once, at the highest quality of
 * service that was granted (MQTT 3.1.1 section 3.3.5).
 */
import type { Qos } from './packets.ts';

export interface Subscriptions {
  set(filter: string, qos: Qos): void;
  remove(filter: string): void;
  has(filter: string): boolean;
  size(): number;
  /** The highest granted quality of service of what matches, or undefined. `levels` is the topic, split at `/`. */
  granted(levels: readonly string[]): Qos | undefined;
}

interface Subscription {
  levels: readonly string[];
  qos: Qos;
}

export function subscriptions(): Subscriptions {
  const byFilter = new Map<string, Subscription>();
  return {
    set: (filter, qos) => void byFilter.set(filter, { levels: filter.split('/'), qos }),
    remove: (filter) => void byFilter.delete(filter),
    has: (filter) => byFilter.has(filter),
    size: () => byFilter.size,
    granted(levels) {
      let best: Qos | undefined;
      for (const subscription of byFilter.values()) {
        if (best !== undefined && subscription.qos <= best) continue;
        if (matches(subscription.levels, levels)) best = subscription.qos;
      }
      return best;
    },
  };
}

/** Section 4.7; no filter that reaches this point begins with a wildcard, so `$` topics need no rule here. */
function matches(filter: readonly string[], topic: readonly string[]): boolean {
  for (let index = 0; index < filter.length; index += 1) {
    const level = filter[index];
    if (level === '#') return true;
    if (index >= topic.length) return false;
    if (level !== '+' && level !== topic[index]) return false;
  }
  return filter.length === topic.length;
}
