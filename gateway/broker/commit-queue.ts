/**
 * Work of one client that ends in its order, whatever order it is done in: acknowledgements leave in the order of the
 * messages (MQTT 3.1.1 section 4.6), and nothing is acknowledged after something that failed.
 */
export interface CommitQueue {
  /** Starts at once; `settle` is called in turn. */
  add(work: Promise<void>, settle: (error: Error | undefined) => void): void;
}

interface Entry {
  state: 'open' | 'done' | Error;
  settle(error: Error | undefined): void;
}

export function commitQueue(): CommitQueue {
  const entries: Entry[] = [];
  let failed: Error | undefined;
  const release = () => {
    for (let head = entries[0]; head && head.state !== 'open'; head = entries[0]) {
      entries.shift();
      if (head.state !== 'done') failed ??= head.state;
      head.settle(failed);
    }
  };
  return {
    add(work, settle) {
      const entry: Entry = { state: 'open', settle };
      entries.push(entry);
      const finish = (state: Entry['state']) => {
        entry.state = state;
        if (entries[0] === entry) release();
      };
      work.then(
        () => finish('done'),
        (thrown: unknown) => finish(thrown instanceof Error ? thrown : new Error(String(thrown))),
      );
    },
  };
}
