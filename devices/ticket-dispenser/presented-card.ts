/**
 * What may be told of a card that somebody presented: its kind, its validity, a mask or a keyed hash of the number, and
 * the first character of the name. This is the only way from a card's text to an event.
 */
import type { z } from 'zod';
import { checkDigitFits, maskIdentityNumber } from '../../gateway/kernel/identity-number.ts';
import type { Secret } from '../../gateway/kernel/secret.ts';
import type { CardText } from './card-text.ts';
import { hashIdNumber, maskName } from './id-number.ts';
import type { TicketDispenser } from './kind.ts';
import type { cardReference } from './words.ts';

type CardRead = z.output<TicketDispenser['events']['card.read']['data']>;

/** The data of `card.read`; what is not known is not there. */
export type PresentedCard = { [Key in keyof CardRead]: Exclude<CardRead[Key], undefined> };

/** Points from a ticket to the card that it was asked for with. */
export type CardReference = z.output<typeof cardReference>;

/** Masks the card, or hashes its number if there is a key. */
export function presented(card: CardText, hashKey: Secret | undefined): PresentedCard {
  if (card.cardKind !== 'resident') return { cardKind: card.cardKind };
  const { cardKind, idNumber, name, validFrom, validUntil } = card;
  const nameMasked = maskName(name);
  return {
    cardKind,
    ...(hashKey ? { idNumberHash: hashIdNumber(idNumber, hashKey) } : { idNumberMasked: maskIdentityNumber(idNumber) }),
    ...(nameMasked !== undefined && { nameMasked }),
    checkDigitValid: checkDigitFits(idNumber),
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
  };
}

/** The reference to a card, if its number was told. */
export function referenceTo({ idNumberMasked, idNumberHash }: PresentedCard): CardReference | undefined {
  if (idNumberMasked !== undefined) return { idNumberMasked };
  return idNumberHash === undefined ? undefined : { idNumberHash };
}
