/**
 * Truth against what arrived: what the devices really did is counted here, and so is what the centre has of it. A thing
 * is known by what identifies it, so one that came twice or never happened shows up as well.
 */
export interface Tally {
  /** Something really happened. */
  made(identity: string): void;
  /** The centre has an event about it. */
  arrived(identity: string): void;
  counts(): { made: number; arrived: number };
  /** What happened and has not arrived; some examples. */
  missing(): string[];
  /** What arrived although it never happened, or twice; some examples. */
  invented(): string[];
}

const EXAMPLES_MAX = 20;

export function tally(): Tally {
  const made = new Map<string, number>();
  const arrived = new Map<string, number>();
  const more = (these: Map<string, number>, than: Map<string, number>) => {
    const found: string[] = [];
    for (const [identity, times] of these) {
      if (times > (than.get(identity) ?? 0) && found.length < EXAMPLES_MAX) found.push(identity);
    }
    return found;
  };
  const sum = (counts: Map<string, number>) => [...counts.values()].reduce((total, times) => total + times, 0);
  return {
    made: (identity) => void made.set(identity, (made.get(identity) ?? 0) + 1),
    arrived: (identity) => void arrived.set(identity, (arrived.get(identity) ?? 0) + 1),
    counts: () => ({ made: sum(made), arrived: sum(arrived) }),
    missing: () => more(made, arrived),
    invented: () => more(arrived, made),
  };
}
