/**
 * Small jobs on the writer's connection, done between two groups: a repair, a probe, the shift of a boot.
 */
import { deferred } from '../kernel/waiting.ts';
import type { Store } from './store.ts';

export interface Errands {
  readonly waiting: number;
  add<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** Does all that wait. The first that fails is thrown on after its own promise was rejected. */
  run(store: Store): Promise<void>;
  refuse(error: Error): void;
}

export function errands(): Errands {
  const waiting: { run(store: Store): Promise<void>; refuse(error: Error): void }[] = [];
  return {
    get waiting() {
      return waiting.length;
    },
    add<T>(work: (store: Store) => Promise<T>) {
      const settled = deferred<T>();
      waiting.push({
        refuse: (error) => settled.reject(error),
        run: async (store) => {
          const done = work(store);
          done.then(
            (result) => settled.resolve(result),
            (thrown: unknown) => settled.reject(thrown instanceof Error ? thrown : new Error(String(thrown))),
          );
          await done;
        },
      });
      return settled.promise;
    },
    async run(store) {
      for (let errand = waiting.shift(); errand; errand = waiting.shift()) await errand.run(store);
    },
    refuse(error) {
      for (const errand of waiting.splice(0)) errand.refuse(error);
    },
  };
}
