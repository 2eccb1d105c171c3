/**
 * State machines as pure functions: the table decides, whoever runs it does the effects.
 */
export interface Step<State, Effect> {
  state: State;
  effects: readonly Effect[];
}

/** A pure transition: no await, no clock, no I/O. */
export type Transition<State, Input, Effect> = (state: State, input: Input) => Step<State, Effect>;

export interface Machine<State, Input> {
  readonly state: State;
  /** Feeds one input. Inputs that effects cause are queued until the effects of this one are done. */
  send(input: Input): void;
}

/** Runs a transition table; `perform` is called for each effect, in order. */
export function runMachine<State, Input, Effect>(
  initial: State,
  transition: Transition<State, Input, Effect>,
  perform: (effect: Effect, state: State) => void,
): Machine<State, Input> {
  let state = initial;
  let running = false;
  const waiting: Input[] = [];
  const drain = () => {
    running = true;
    try {
      for (let input = waiting.shift(); input !== undefined; input = waiting.shift()) {
        const step = transition(state, input);
        state = step.state;
        for (const effect of step.effects) perform(effect, state);
      }
    } finally {
      running = false;
    }
  };
  return {
    get state() {
      return state;
    },
    send(input) {
      waiting.push(input);
      if (!running) drain();
    },
  };
}
