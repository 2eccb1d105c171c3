/**
 * An error that came from a runner as code and message, as the error it was.
 */
import { HallError, type ErrorCode } from '../../gateway/kernel/errors.ts';

/** What a line or a board in a runner can report. */
const CODES: readonly ErrorCode[] = [
  'hall-board.no-answer',
  'hall-board.flooding',
  'line.unreachable',
  'line.port-missing',
  'line.port-forbidden',
  'line.port-busy',
  'line.lost',
  'line.stuck',
];

export function boardTrouble(code: string, message: string): HallError {
  return new HallError(CODES.find((each) => each === code) ?? 'line.lost', { message });
}
