/**
 * The pull points of a camera: few, each with a queue that forgets its oldest messages, each with an end. No timer runs: a
 * subscription that is over is noticed when somebody asks for it.
 */
import type { Notification } from './topics.ts';

export interface Subscription {
  readonly id: string;
  /** What was not pulled yet. */
  readonly queue: Notification[];
  wants(notification: Notification): boolean;
  /** On the clock of `performance.now()`, which nobody can set. */
  endsAtMs: number;
  /** Wakes the pull that waits, if one does. */
  wake: (() => void) | undefined;
  over: boolean;
}

export interface Subscriptions {
  /** Undefined when the camera has no room for another. */
  create(lifeMs: number, wants: Subscription['wants']): Subscription | undefined;
  /** Undefined when there is none, or it is over. */
  find(id: string): Subscription | undefined;
  remove(id: string): void;
  removeAll(): void;
  publish(notification: Notification): void;
  count(): number;
  /** Pulls that wait for something to happen. */
  waiting(): number;
}

const QUEUE_MAX = 1_000;

export function subscriptions(subscriptionsMax: number): Subscriptions {
  const byId = new Map<string, Subscription>();
  let lastId = 0;
  const remove = (id: string) => {
    const gone = byId.get(id);
    byId.delete(id);
    if (!gone) return;
    gone.over = true;
    gone.wake?.();
  };
  const sweep = () => {
    for (const { id, endsAtMs } of byId.values()) if (endsAtMs <= performance.now()) remove(id);
  };
  return {
    create(lifeMs, wants) {
      sweep();
      if (byId.size >= subscriptionsMax) return undefined;
      lastId += 1;
      const id = String(lastId);
      const created = { id, queue: [], wants, endsAtMs: performance.now() + lifeMs, wake: undefined, over: false };
      byId.set(id, created);
      return created;
    },
    find(id) {
      sweep();
      return byId.get(id);
    },
    remove,
    removeAll: () => [...byId.keys()].forEach(remove),
    publish(notification) {
      sweep();
      for (const subscription of byId.values()) {
        if (subscription.wants(notification)) offer(subscription, notification);
      }
    },
    count() {
      sweep();
      return byId.size;
    },
    waiting: () => [...byId.values()].filter(({ wake }) => wake !== undefined).length,
  };
}

function offer({ queue, wake }: Subscription, notification: Notification): void {
  queue.push(notification);
  if (queue.length > QUEUE_MAX) queue.shift();
  wake?.();
}

/** Waits for a message; resolves when there is one, or the time, the subscription or the client is over. */
export function messageOrTimeout(subscription: Subscription, timeoutMs: number, signal: AbortSignal): Promise<void> {
  if (subscription.queue.length > 0 || timeoutMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    // A second pull on the same subscription ends the first, as cameras do.
    subscription.wake?.();
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      if (subscription.wake === wake) subscription.wake = undefined;
      resolve();
    };
    const timer = setTimeout(wake, timeoutMs);
    signal.addEventListener('abort', wake);
    subscription.wake = wake;
  });
}
