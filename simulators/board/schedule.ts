/** What is to happen at a later cycle of a board's virtual time. */
export interface Schedule {
  at(cycle: number, action: () => void): void;
  /** Cycle of the next action, Infinity if there is none. */
  next(): number;
  /** Carries out everything that is due at `cycle`, in order. */
  runDue(cycle: number): void;
}

export function schedule(): Schedule {
  const waiting: { cycle: number; action: () => void }[] = [];
  return {
    at(cycle, action) {
      const later = waiting.findIndex((entry) => entry.cycle > cycle);
      waiting.splice(later < 0 ? waiting.length : later, 0, { cycle, action });
    },
    next: () => waiting[0]?.cycle ?? Infinity,
    runDue(cycle) {
      for (let first = waiting[0]; first !== undefined && first.cycle <= cycle; first = waiting[0]) {
        waiting.shift();
        first.action();
      }
    },
  };
}
