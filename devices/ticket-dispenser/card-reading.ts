/**
 * What is asked of the reader, in the order in which SAM_V wants it: find, select, read.
 */
import { STATUS, textOf, wipe, type ReaderCommand, type ReaderReply } from './card-reader-codec.ts';
import type { ReaderConversation } from './card-reader-conversation.ts';
import type { CardReaderConfig } from './card-reader-settings.ts';
import { statusTrouble, strangeCard } from './card-reader-trouble.ts';
import { decodeCardText, type CardText } from './card-text.ts';

/** Asks one thing, with the deadline that hall.yaml gives it; throws as `ReaderConversation.ask` does. */
export type Ask = (command: ReaderCommand) => Promise<ReaderReply>;

export function askWith(conversation: ReaderConversation, config: CardReaderConfig): Ask {
  const { replyTimeoutMs, readTimeoutMs } = config;
  return (command) => conversation.ask(command, command === 'read' ? readTimeoutMs : replyTimeoutMs);
}

/**
 * Does a card lie there that was not read yet? (Some readers also find one that was.)
 *
 * @throws HallError `card-reader.no-answer`, or by the status that the reader gives.
 */
export async function findCard(ask: Ask): Promise<boolean> {
  const reply = await ask('find');
  if (reply.status !== STATUS.cardFound && reply.status !== STATUS.noCard) throw statusTrouble('find', reply);
  return reply.status === STATUS.cardFound;
}

/**
 * Reads the card that was found. The bytes of text and photo are overwritten before it returns.
 *
 * @throws HallError `card-reader.card-unreadable`, `card-reader.no-answer`, or by the status that the reader gives.
 */
export async function readCardText(ask: Ask): Promise<CardText> {
  const selected = await ask('select');
  if (selected.status !== STATUS.done) throw statusTrouble('select', selected);
  const reply = await ask('read');
  try {
    if (reply.status !== STATUS.done) throw statusTrouble('read', reply);
    const text = textOf(reply);
    const card = text && decodeCardText(text);
    if (card === undefined) throw strangeCard();
    return card;
  } finally {
    wipe(reply.data);
  }
}
