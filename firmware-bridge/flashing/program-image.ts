/**
 * Programs as they stand in an Intel HEX file and in the flash of a board, and whose they are.
 *
 *   record   `:` length address(2) type data sum, in hex; type 0 is data, 1 the end; all bytes of a record sum up to 0 (mod 256)
 *   mark     byte 104: `hall-board`, 0, build hash (u32, lowest byte first); the name stands once more near the end (docs/firmware.md)
 */
import { HallError } from '../../gateway/kernel/errors.ts';

const FLASH_BYTES = 32_768;
/** Optiboot takes the last 512 bytes. */
const APPLICATION_BYTES = FLASH_BYTES - 512;
const BLANK = 0xff;
const NAME = Buffer.from('hall-board\0', 'latin1');
const MARK_AT = 104;
const DATA = 0;
const END = 1;

export interface Program {
  /** All of the flash; what the file does not mention is FF. */
  bytes: Uint8Array;
  /** As in the board's identity; undefined for a program that is not a hall board's. */
  build: number | undefined;
}

/** @throws HallError `flash.firmware-damaged` for what is no Intel HEX, has a wrong sum, no end, or lies outside of the flash. */
export function programFrom(hex: string): Program {
  const bytes = Buffer.alloc(FLASH_BYTES, BLANK);
  for (const [index, record] of hex.split(/\r?\n/).entries()) {
    const fields = Buffer.from(record.slice(1), 'hex');
    const [length = 0, high = 0, low = 0, type] = fields;
    const sum = fields.reduce((total, byte) => (total + byte) & 0xff, 0);
    const address = high * 256 + low;
    const isWhole = record.startsWith(':') && fields.length === length + 5 && sum === 0;
    if (!isWhole || (type !== DATA && type !== END) || address + length > FLASH_BYTES) throw damaged(index + 1);
    if (type === END) return { bytes, build: buildOf(bytes) };
    bytes.set(fields.subarray(4, -1), address);
  }
  throw damaged(hex.split('\n').length);
}

/**
 * Whose program lies in the flash of a board that does not answer: `hall-board`, of any version; `begun`, nothing but a part of
 * `program`, or nothing at all; or `foreign`. Writing clears bits and erasing sets them, so what an interruption leaves of a page has
 * any bits between blank and what was to be written.
 */
export function ownerOf(flash: Uint8Array, { bytes }: Program): 'hall-board' | 'begun' | 'foreign' {
  const application = Buffer.from(flash.subarray(0, APPLICATION_BYTES));
  if (application.includes(NAME)) return 'hall-board';
  const isBegun = application.every((byte, index) => (byte & (bytes[index] ?? BLANK)) === bytes[index]);
  return isBegun ? 'begun' : 'foreign';
}

function buildOf(bytes: Buffer): number | undefined {
  const isOurs = bytes.subarray(MARK_AT, MARK_AT + NAME.length).equals(NAME);
  return isOurs ? bytes.readUInt32LE(MARK_AT + NAME.length) : undefined;
}

function damaged(line: number): HallError {
  return new HallError('flash.firmware-damaged', {
    message: `Line ${line} of the firmware file is damaged or missing.`,
    facts: { line },
  });
}
