/**
 * A record with a limit: a simulator may run for days, so the oldest entries make room.
 */
export interface Recording<T> {
  /** Oldest first. */
  readonly entries: readonly T[];
  add(entry: T): void;
  clear(): void;
}

const ENTRIES_MAX = 20_000;

export function recording<T>(entriesMax = ENTRIES_MAX): Recording<T> {
  const entries: T[] = [];
  return {
    entries,
    add(entry) {
      entries.push(entry);
      if (entries.length > entriesMax) entries.splice(0, entries.length - entriesMax);
    },
    clear: () => void entries.splice(0),
  };
}
