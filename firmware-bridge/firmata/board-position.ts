/**
 * How far a board's ring was read; belongs into the transaction of the events.
 */
import { z } from 'zod';

export const positionSchema = z.strictObject({
  /** The board's serial number, or the line of a board that has none. */
  board: z.string(),
  /** Counts up with every other board, and when a board begins its numbers anew. */
  ring: z.int().nonnegative(),
  through: z.int().nonnegative(),
});

export type Position = z.output<typeof positionSchema>;

export interface PositionKeeper {
  readonly position: Position | undefined;
  /** A conversation begins at this position. */
  begin(position: Position): void;
  /**
   * Does the work of one record, which makes it durable with the position it is given. A record that an earlier conversation
   * had under way is waited for and not done again.
   */
  commit(ring: Position, sequence: number, work: (next: Position) => Promise<void>): Promise<void>;
}

/** One for all conversations with the board of a line: a commit may outlast the one that began it. */
export function positionKeeper(start: Position | undefined): PositionKeeper {
  let position = start;
  let last: Promise<void> = Promise.resolve();
  const isInRing = ({ board, ring }: Position) => position?.board === board && position.ring === ring;
  const commitOnce = async (ring: Position, sequence: number, work: (next: Position) => Promise<void>) => {
    if (isInRing(ring) && sequence <= (position?.through ?? 0)) return;
    const next = { ...ring, through: sequence };
    await work(next);
    // Another board may stand there by now: its ring is a later one.
    if (position === undefined || position.ring <= next.ring) position = next;
  };
  return {
    get position() {
      return position;
    },
    begin(given) {
      if (!isInRing(given)) position = given;
    },
    commit(ring, sequence, work) {
      const turn = last.then(() => commitOnce(ring, sequence, work));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
