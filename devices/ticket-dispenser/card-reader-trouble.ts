/**
 * What the reader's status byte SW3 means when it is no success: a card that cannot be read, a command that did not arrive
 * well, or a reader whose security module does not work.
 */
import { HallError, type ErrorCode } from '../../gateway/kernel/errors.ts';
import type { ReaderCommand, ReaderReply } from './card-reader-codec.ts';

type Trouble = readonly [code: ErrorCode, meaning: string];

const TROUBLES: Readonly<Record<number, Trouble>> = {
  0x10: ['card-reader.refused', 'checksum of the command wrong'],
  0x11: ['card-reader.refused', 'length of the command wrong'],
  0x21: ['card-reader.refused', 'command wrong'],
  0x24: ['card-reader.refused', 'unknown error'],
  0x31: ['card-reader.card-unreadable', 'card does not authenticate the module'],
  0x32: ['card-reader.card-unreadable', 'module does not authenticate the card'],
  0x33: ['card-reader.card-unreadable', 'information verification failed'],
  0x40: ['card-reader.card-unreadable', 'wrong type of card'],
  0x41: ['card-reader.card-unreadable', 'reading failed'],
  0x47: ['card-reader.module-fault', 'random number failed'],
  0x60: ['card-reader.module-fault', 'self-test failed'],
  0x66: ['card-reader.module-fault', 'module not authorised'],
  0x80: ['card-reader.card-unreadable', 'card no longer there'],
  0x81: ['card-reader.card-unreadable', 'selecting failed'],
  0x91: ['card-reader.card-unreadable', 'card holds no such data'],
};
const UNKNOWN: Trouble = ['card-reader.refused', 'status not documented'];

/** The error for an answer that is no success. */
export function statusTrouble(command: ReaderCommand, { status }: ReaderReply): HallError {
  const [code, meaning] = TROUBLES[status] ?? UNKNOWN;
  const sw3 = status.toString(16).padStart(2, '0');
  return new HallError(code, {
    message: `The card reader answered "${command}" with ${sw3}: ${meaning}.`,
    facts: { command, sw3 },
  });
}

/** The error for a text block that is none of the cards known. */
export function strangeCard(): HallError {
  return new HallError('card-reader.card-unreadable', {
    message: 'The text of the card has none of the layouts known.',
    facts: { command: 'read' },
  });
}
