/**
 * Names as clocks write them: GBK or UTF-8, cut where the field ends, in the middle of a character if need be.
 */
import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

export type NameEncoding = 'gbk' | 'utf8';

/** A name up to its NUL. A field that is full may end in half a character, which is left away. */
export function decodeName(field: Buffer, encoding: NameEncoding): string {
  const end = field.indexOf(0);
  const bytes = end < 0 ? field : field.subarray(0, end);
  const whole = encoding === 'gbk' ? wholeGbk(bytes) : wholeUtf8(bytes);
  return iconv.decode(whole, encoding).trim();
}

/** GBK: a byte from 0x81 to 0xFE leads a pair. */
function wholeGbk(bytes: Buffer): Buffer {
  let at = 0;
  while (at < bytes.length) {
    const width = (bytes[at] ?? 0) >= 0x81 ? 2 : 1;
    if (at + width > bytes.length) break;
    at += width;
  }
  return bytes.subarray(0, at);
}

function wholeUtf8(bytes: Buffer): Buffer {
  let start = bytes.length;
  while (start > 0 && ((bytes[start - 1] ?? 0) & 0xc0) === 0x80) start -= 1;
  const lead = bytes[start - 1] ?? 0;
  const width = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start > 0 && start - 1 + width > bytes.length ? bytes.subarray(0, start - 1) : bytes;
}

/**
 * A name whose encoding nobody told. Chinese text in GBK is next to never valid UTF-8 by chance, and plain ASCII is the same in
 * both.
 */
export function guessName(field: Buffer): string {
  return decodeName(field, isUtf8(wholeUtf8(field)) ? 'utf8' : 'gbk');
}
