/**
 * What people truly did at a board, edge by edge, and which edges the firmware must have stored: those that lasted, on a
 * board that was awake before and had its power for 100 ms after.
 */
import { recording } from '../kit/recording.ts';

export interface TrueEdge {
  /** 1.. or `PAPER_KEY`. */
  key: number;
  edge: 'pressed' | 'released';
  /** Virtual milliseconds since the simulation began, when the contact came to rest. */
  atMs: number;
  /** False: the edge may be missing (too short, or the power went or the program hung just then). */
  certain: boolean;
}

export interface EdgeTruth {
  readonly edges: readonly TrueEdge[];
  onTruth(listener: (edge: TrueEdge) => void): () => void;
  /** A contact came to rest on another level. */
  settled(key: number, edge: TrueEdge['edge'], atMs: number): void;
  /** Edges of the last `STORED_WITHIN_MS` are doubtful, and those until `awakeFromMs`. */
  interrupted(atMs: number, awakeFromMs: number): void;
  /** Decides about what is old enough by now. */
  passed(nowMs: number): void;
}

export const STORED_WITHIN_MS = 100;
/** Debounce takes 8 ms, that of the paper sensor 200: what is shorter than this may be overlooked. */
const SHORTEST_MS = 12;
const PAPER_SHORTEST_MS = 260;

/** `shortestMs` per kind of contact is judged by the edges of the same key. */
export function edgeTruth(paperKey: number): EdgeTruth {
  const edges = recording<TrueEdge>();
  const listeners = new Set<(edge: TrueEdge) => void>();
  let undecided: TrueEdge[] = [];
  let awakeFromMs = 0;

  const shortestOf = (key: number) => (key === paperKey ? PAPER_SHORTEST_MS : SHORTEST_MS);
  const decidedAfterMs = (key: number) => shortestOf(key) + STORED_WITHIN_MS;
  const decide = (edge: TrueEdge) => {
    edges.add(edge);
    for (const listener of listeners) listener(edge);
  };
  return {
    edges: edges.entries,
    onTruth(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    settled(key, edge, atMs) {
      const before = undecided.findLast((other) => other.key === key);
      const tooShort = before !== undefined && atMs - before.atMs < shortestOf(key);
      if (before && tooShort) before.certain = false;
      undecided.push({ key, edge, atMs, certain: !tooShort && atMs >= awakeFromMs });
    },
    interrupted(atMs, nextAwakeFromMs) {
      for (const edge of undecided) edge.certain = false;
      awakeFromMs = Math.max(atMs, nextAwakeFromMs);
    },
    passed(nowMs) {
      const old = undecided.filter((edge) => nowMs - edge.atMs >= decidedAfterMs(edge.key));
      if (old.length === 0) return;
      undecided = undecided.filter((edge) => !old.includes(edge));
      old.forEach(decide);
    },
  };
}
