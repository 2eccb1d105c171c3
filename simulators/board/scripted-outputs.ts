/** Lamps and buzzer of a scripted board: what is lit is worked out when somebody looks, so an idle board needs no timer. */
export interface Pattern {
  onMs: number;
  offMs: number;
  /** 0 = for ever. */
  times: number;
}

export interface ScriptedOutputs {
  set(output: number, pattern: Pattern): void;
  /** Puts out what would run for ever. */
  endEndless(): void;
  lit(output: number): boolean;
}

export const DARK: Pattern = { onMs: 0, offMs: 0, times: 0 };

export function scriptedOutputs(nowMs: () => number): ScriptedOutputs {
  const running = new Map<number, Pattern & { fromMs: number }>();
  return {
    set: (output, pattern) => void running.set(output, { ...pattern, fromMs: nowMs() }),
    endEndless() {
      for (const [output, { times }] of running) if (times === 0) running.delete(output);
    },
    lit(output) {
      const pattern = running.get(output);
      if (pattern === undefined || pattern.onMs === 0) return false;
      const passedMs = nowMs() - pattern.fromMs;
      const periodMs = pattern.onMs + pattern.offMs;
      const over = pattern.times > 0 && passedMs >= pattern.times * periodMs;
      return !over && (pattern.offMs === 0 || passedMs % periodMs < pattern.onMs);
    },
  };
}
