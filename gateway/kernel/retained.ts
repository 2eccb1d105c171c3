/**
 * The newest truth about everything: one message a topic (state, inventory, status). Both brokers show this board;
 * an older truth is overwritten, never queued.
 */
export interface RetainedMessages {
  /** Puts up the newest payload; the same payload again changes nothing and tells nobody. */
  set(topic: string, payload: string): void;
  get(topic: string): string | undefined;
  entries(): IterableIterator<[topic: string, payload: string]>;
  /** Calls `listener` after each change; returns the way to stop. */
  onChange(listener: (topic: string, payload: string) => void): () => void;
}

export function retainedMessages(): RetainedMessages {
  const messages = new Map<string, string>();
  const listeners = new Set<(topic: string, payload: string) => void>();
  return {
    set(topic, payload) {
      if (messages.get(topic) === payload) return;
      messages.set(topic, payload);
      for (const listener of listeners) listener(topic, payload);
    },
    get: (topic) => messages.get(topic),
    entries: () => messages.entries(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
