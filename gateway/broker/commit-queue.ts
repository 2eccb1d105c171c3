/**
 * Work of one client that ends in its order, whatever order it is done in: acknowledgements leave in the order of the
 * messages (MQTT 3.1.1 section 4.6), and nothing is acknowledged after something that failed.
 */
import { textOf } from '../kernel/errors.ts';

export interface CommitQueue {
  /** Called for work that has begun; `settle` is called in turn. */
  add(work: Promise<void>, settle: (error: Error | undefined) => void): void;
}

interface Entry {
  finished: boolean;
  error: Error | undefined;
  settle: (error: Error | undefined) => void;
}

export function commitQueue(): CommitQueue {
  const entries: Entry[] = [];
  let failed: Error | undefined;
  const release = () => {
    for (let head = entries[0]; head?.finished; head = entries[0]) {
      entries.shift();
      head.settle((failed ??= head.error));
    }
  };
  return {
    add(work, settle) {
      const entry: Entry = { finished: false, error: undefined, settle };
      entries.push(entry);
      const finish = (error?: Error) => {
        entry.finished = true;
        entry.error = error;
        if (entries[0] === entry) release();
      };
      work.then(
        () => finish(),
        (thrown: unknown) => finish(thrown instanceof Error ? thrown : new Error(textOf(thrown))),
      );
    },
  };
}
