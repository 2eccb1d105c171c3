/**
 * Listeners of one kind of news. One that throws is logged and harms nobody.
 */
import type { Log } from '../kernel/log.ts';

export interface Listeners<T> {
  add(listener: (news: T) => void): () => void;
  tell(news: T): void;
}

export function listeners<T>(log: Log): Listeners<T> {
  const all = new Set<(news: T) => void>();
  return {
    add(listener) {
      all.add(listener);
      return () => all.delete(listener);
    },
    tell(news) {
      for (const listener of all) {
        try {
          listener(news);
        } catch (thrown) {
          log.error('spool.listener-failed', thrown);
        }
      }
    },
  };
}
