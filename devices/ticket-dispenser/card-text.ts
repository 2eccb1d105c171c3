/**
 * The text of an identity card as the reader hands it out: 256 bytes, UTF-16 with the low byte first, padded with blanks.
 *
 *   at     bytes   resident (居民身份证)
 *     0      30    name 姓名
 *    30       2    sex 性别: 1 male, 2 female
 *    32       4    nation 民族: 01 to 56, 97 other, 98 naturalised
 *    36      16    birth 出生, YYYYMMDD
 *    52      70    address 住址
 *   122      36    number 公民身份号码
 *   158      30    issuer 签发机关
 *   188      16    valid from 有效期限, YYYYMMDD
 *   204      16    valid until, YYYYMMDD or 长期
 *   220      36    reserved; the character at 248 names another kind of card with other fields
 *
 * At 248 stands I (and Y since 2023) for 外国人永久居留身份证 and J for 港澳台居民居住证. No document that we may read
 * confirms their layouts, so of those cards the kind is told and nothing else is taken from them.
 */
import { isIdNumber } from './id-number.ts';

export const CARD_TEXT_BYTES = 256;

export interface ResidentCard {
  cardKind: 'resident';
  name: string;
  sex: 'male' | 'female' | 'unknown';
  /** Two digits. */
  nation: string | undefined;
  /** `1990-03-07`, as the other dates; undefined when the card holds no possible date there. */
  birth: string | undefined;
  address: string;
  /** 17 digits and a digit or X. */
  idNumber: string;
  issuer: string;
  validFrom: string | undefined;
  validUntil: string | undefined;
}

/** A card of which only the kind is known. */
export interface OtherCard {
  cardKind: 'hk-macau-taiwan' | 'foreign-permanent';
}

export type CardText = ResidentCard | OtherCard;

/** How an unlimited validity is told; the card writes 长期. */
export const LONG_TERM = 'long-term';

const KIND_AT = 248;
const OTHER_KINDS: Readonly<Record<string, OtherCard['cardKind']>> = {
  I: 'foreign-permanent',
  Y: 'foreign-permanent',
  J: 'hk-macau-taiwan',
};
const SEXES: Readonly<Record<string, ResidentCard['sex']>> = { '1': 'male', '2': 'female' };

/** Reads the block; undefined when it is no card that we know. */
export function decodeCardText(block: Uint8Array): CardText | undefined {
  if (block.length !== CARD_TEXT_BYTES) return undefined;
  const field = fieldsOf(block);
  const mark = field(KIND_AT, 2);
  const other = OTHER_KINDS[mark];
  if (other !== undefined) return { cardKind: other };
  return mark === '' ? residentCard(field) : undefined;
}

type Field = (at: number, bytes: number) => string;

function residentCard(field: Field): ResidentCard | undefined {
  const name = field(0, 30);
  const idNumber = field(122, 36).toUpperCase();
  if (name === '' || !isIdNumber(idNumber)) return undefined;
  const nation = field(32, 4);
  const until = field(204, 16);
  return {
    cardKind: 'resident',
    name,
    sex: SEXES[field(30, 2)] ?? 'unknown',
    nation: /^\d{2}$/.test(nation) ? nation : undefined,
    birth: dateOf(field(36, 16)),
    address: field(52, 70),
    idNumber,
    issuer: field(158, 30),
    validFrom: dateOf(field(188, 16)),
    validUntil: until === '长期' ? LONG_TERM : dateOf(until),
  };
}

/** Text of the fields, without the blanks and zeros that fill them up. */
function fieldsOf(block: Uint8Array): Field {
  const decoder = new TextDecoder('utf-16le');
  return (at, bytes) => decoder.decode(block.subarray(at, at + bytes)).replace(/[\s\0]+$/, '');
}

/** `20200101` as `2020-01-01`, if there is such a day. */
function dateOf(digits: string): string | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(digits);
  if (parts === null) return undefined;
  const date = parts.slice(1).join('-');
  const time = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(date) ? date : undefined;
}
