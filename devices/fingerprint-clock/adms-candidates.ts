/**
 * Clocks that push to the hall and are not in hall.yaml, for the technician to see; a bounded list, whoever knocks.
 */
export interface Candidate {
  serial: string;
  address: string;
}

export interface CandidateList {
  /** True when this one is new to the list. */
  saw(serial: string, address: string): boolean;
  /** It has come to be in hall.yaml. */
  forget(serial: string): void;
}

export interface CandidateOptions {
  monotonicMs: () => number;
  onChange: (list: readonly Candidate[]) => void;
}

const CANDIDATES_MAX = 16;
/** One that has not knocked for so long makes room. */
const FORGET_MS = 3_600_000;

export function candidateList({ monotonicMs, onChange }: CandidateOptions): CandidateList {
  const known = new Map<string, Candidate & { seenMs: number }>();
  const tell = () => onChange([...known.values()].map(({ serial, address }) => ({ serial, address })));
  const makeRoom = () => {
    for (const { serial, seenMs } of known.values()) {
      if (monotonicMs() - seenMs >= FORGET_MS) known.delete(serial);
    }
  };
  return {
    saw(serial, address) {
      const before = known.get(serial);
      if (!before && known.size >= CANDIDATES_MAX) makeRoom();
      if (!before && known.size >= CANDIDATES_MAX) return false;
      known.set(serial, { serial, address, seenMs: monotonicMs() });
      if (before?.address !== address) tell();
      return !before;
    },
    forget(serial) {
      if (known.delete(serial)) tell();
    },
  };
}
