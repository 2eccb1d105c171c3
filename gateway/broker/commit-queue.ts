/**
 * Work of one client that ends in its order, whatever order it is done in: acknowledgements leave in the order of the
 * messages (MQTT 3.1.1 section 4.6), and nothing is acknowledged after something failed that was to be acknowledged.
 */
import { textOf } from '../kernel/errors.ts';

export interface CommitQueue {
  /** Called for work that has begun; `settle` is called in turn. `owed`: the client waits for an acknowledgement of it. */
  add(work: Promise<void>, owed: boolean, settle: (error: Error | undefined) => void): void;
}

interface Entry {
  owed: boolean;
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
      const error = failed ?? head.error;
      if (head.owed) failed = error;
      head.settle(error);
    }
  };
  return {
    add(work, owed, settle) {
      const entry: Entry = { owed, finished: false, error: undefined, settle };
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
