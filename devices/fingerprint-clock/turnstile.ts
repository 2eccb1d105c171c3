/**
 * One request to a clock after the other: it has one conversation and one buffer.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import { inTurn, type InTurn } from '../../gateway/kernel/in-turn.ts';

export type { InTurn };

const WAITING_MAX = 64;

/** @throws HallError `clock.no-answer` (from the returned function) when `WAITING_MAX` wait already. */
export function turnstile(): InTurn {
  return inTurn(
    WAITING_MAX,
    () => new HallError('clock.no-answer', { message: `${WAITING_MAX} requests wait for the clock already.` }),
  );
}
