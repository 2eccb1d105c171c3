/**
 * Lets a board's time follow the machine's: in small steps while something is under way, in large ones while nothing is.
 */
export interface Pacing {
  /** Something reaches the board, or comes from it: its time is brought to now, and goes in small steps for a while. */
  stir(): void;
  stop(): void;
}

const LIVELY_STEP_MS = 4;
const IDLE_STEP_MS = 40;
/** Debounce, storing and saying take 30 ms, the answer of a gateway a few more. */
const LIVELY_MS = 60;
/** A machine that was busy for longer does not make up for it: the board's time stands still instead. */
const LAG_MAX_MS = 100;

export function startPacing(advance: (ms: number) => void): Pacing {
  let beforeMs = performance.now();
  let livelyUntilMs = beforeMs + LIVELY_MS;
  let advancing = false;
  const catchUp = () => {
    const nowMs = performance.now();
    const passedMs = Math.min(nowMs - beforeMs, LAG_MAX_MS);
    beforeMs = nowMs;
    advancing = true;
    advance(passedMs);
    advancing = false;
  };
  const isLively = () => performance.now() < livelyUntilMs;
  const step = () => {
    catchUp();
    timer = setTimeout(step, isLively() ? LIVELY_STEP_MS : IDLE_STEP_MS);
  };
  let timer = setTimeout(step, LIVELY_STEP_MS);
  return {
    stir() {
      const wasLively = isLively();
      livelyUntilMs = performance.now() + LIVELY_MS;
      // The board itself, while its time goes on: the step that is under way sees to the next one.
      if (advancing) return;
      catchUp();
      if (wasLively) return;
      clearTimeout(timer);
      timer = setTimeout(step, LIVELY_STEP_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
