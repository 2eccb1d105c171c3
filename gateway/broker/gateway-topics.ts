/**
 * The topics below `device/` on which the gateway itself speaks: no device may speak there in its name.
 */
export interface GatewayTopics {
  add(topic: string): void;
  has(topic: string): boolean;
}

export function gatewayTopics(topicsMax: number): GatewayTopics {
  const topics = new Set<string>();
  return {
    add(topic) {
      if (!topic.startsWith('device/')) return;
      topics.delete(topic);
      const [oldest] = topics;
      if (topics.size >= topicsMax && oldest !== undefined) topics.delete(oldest);
      topics.add(topic);
    },
    has: (topic) => topics.has(topic),
  };
}
