/**
 * A simulated device between its port and its behaviours: it records every frame that it heard and said, and asks its
 * behaviours, newest first, what to do with a frame. A test adds a behaviour in front to make the device misbehave.
 */
import { recording } from './recording.ts';
import { until } from './until.ts';

/** One habit of a device, as small data. */
export interface Behaviour<Frame> {
  readonly name: string;
  /** True when the frame is dealt with and older behaviours need not see it. */
  hear(frame: Frame, node: SimulatedNode<Frame>): boolean;
}

export interface SimulatedNode<Frame> {
  readonly heard: readonly Frame[];
  readonly said: readonly Frame[];
  /** Adds behaviours in front of the others; returns the way to take them out again. */
  use(...behaviours: Behaviour<Frame>[]): () => void;
  /** Feeds a frame that came over the wire. */
  hear(frame: Frame): void;
  /** Sends a frame over the wire. */
  say(frame: Frame): void;
  /** Resolves with the first frame, from `from` on, that was heard and fits. */
  untilHeard(what: string, fits: (frame: Frame) => boolean, from?: number): Promise<Frame>;
}

/** A node that sends through `send`. */
export function simulatedNode<Frame extends object>(
  send: (frame: Frame) => void,
  behaviours: readonly Behaviour<Frame>[] = [],
): SimulatedNode<Frame> {
  const heard = recording<Frame>();
  const said = recording<Frame>();
  let habits = [...behaviours];
  const node: SimulatedNode<Frame> = {
    heard: heard.entries,
    said: said.entries,
    use(...added) {
      habits = [...added, ...habits];
      return () => void (habits = habits.filter((habit) => !added.includes(habit)));
    },
    hear(frame) {
      heard.add(frame);
      habits.some((habit) => habit.hear(frame, node));
    },
    say(frame) {
      said.add(frame);
      send(frame);
    },
    untilHeard: (what, fits, from = 0) => until(what, () => heard.entries.slice(from).find(fits)),
  };
  return node;
}
