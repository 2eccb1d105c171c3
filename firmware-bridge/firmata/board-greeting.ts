/**
 * The beginning of a conversation with a hall board: who it is, how it is, how far it was read.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import type { BoardAsking } from './board-asking.ts';
import type { Position } from './board-position.ts';
import {
  COMMAND,
  identityFrom,
  PROTOCOL_MAJOR,
  statusFrom,
  type BoardIdentity,
  type BoardStatus,
  type Profile,
} from './sysex-messages.ts';

export interface GreetingOptions {
  asking: BoardAsking;
  profile: Profile;
  line: string;
  /** How far the board was read by now. */
  position: () => Position | undefined;
}

export interface Greeted {
  identity: BoardIdentity;
  status: BoardStatus;
  /** Where reading begins. */
  position: Position;
}

/**
 * @throws HallError `hall-board.not-ours` when it does not answer as a hall board does, `hall-board.wrong-profile`; what asking throws.
 */
export async function greetBoard({ asking, profile, line, position }: GreetingOptions): Promise<Greeted> {
  const identity = identityFrom(await askIdentity(asking, line));
  if (!identity) throw notOurs(line);
  if (identity.profile !== profile) throw wrongProfile(line, profile, identity.profile);
  const status = statusFrom(await asking.ask(COMMAND.status, []));
  if (!status) throw notOurs(line);
  return { identity, status, position: positionAt(position(), identity.serial || `line ${line}`, status.newest) };
}

async function askIdentity(asking: BoardAsking, line: string): Promise<readonly number[]> {
  try {
    return await asking.ask(COMMAND.identity, [PROTOCOL_MAJOR]);
  } catch (thrown) {
    const isLate = thrown instanceof HallError && thrown.code === 'hall-board.unanswered';
    throw isLate ? notOurs(line, thrown) : thrown;
  }
}

/** The same ring, read on; or another one, read from its beginning. A ring whose newest number is behind us was erased. */
function positionAt(known: Position | undefined, board: string, newest: number): Position {
  const isSame = known?.board === board && newest >= known.through;
  return isSame ? known : { board, ring: (known?.ring ?? -1) + 1, through: 0 };
}

function notOurs(line: string, cause?: unknown): HallError {
  return new HallError('hall-board.not-ours', {
    message: `The board on ${line} speaks Firmata, but not as a hall board does.`,
    cause,
    facts: { line },
  });
}

function wrongProfile(line: string, wanted: Profile, found: Profile | undefined): HallError {
  return new HallError('hall-board.wrong-profile', {
    message: `The board on ${line} is set up as ${found ?? 'something unknown'}, not as ${wanted}.`,
    facts: { line, wanted, found },
  });
}
