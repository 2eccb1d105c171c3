/**
 * Text as a Chinese printer takes it: GB18030 (or GBK, for older heads). What it cannot print is refused by name and place,
 * never replaced by a question mark; control characters are refused too, for the printer would obey them.
 */
import iconv from 'iconv-lite';
import { HallError } from '../../gateway/kernel/errors.ts';

export type Charset = 'gb18030' | 'gbk';

/**
 * @param place where the text stands, for the refusal: `line 3 of the ticket`.
 * @throws HallError `ticket.character-unprintable`.
 */
export function encodeText(text: string, charset: Charset, place: string): Buffer {
  const parts: Buffer[] = [];
  let position = 0;
  for (const character of text) {
    position += 1;
    const bytes = iconv.encode(character, charset);
    if (!isPrintable(bytes, character)) throw unprintable(character, position, place, charset);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** One printable ASCII byte, or the two or four bytes of a Chinese character. */
function isPrintable(bytes: Buffer, character: string): boolean {
  const first = bytes[0] ?? 0;
  if (bytes.length === 1) return first >= 0x20 && first < 0x7f && first === character.codePointAt(0);
  const surrogate = character.length === 1 && /\p{Surrogate}/u.test(character);
  return !surrogate && !/\p{Cc}/u.test(character);
}

function unprintable(character: string, position: number, place: string, charset: Charset): HallError {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return new HallError('ticket.character-unprintable', {
    message: `Character ${position} of ${place} (${code}) cannot be printed in ${charset}.`,
    facts: { place, position, character: code, charset },
  });
}
