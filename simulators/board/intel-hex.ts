/**
 * Reads an Intel HEX file into the program memory of a chip. Record: `:` length address(2) type data checksum, in hex;
 * type 0 is data, 1 the end; the sum of all bytes of a record is 0 modulo 256.
 */

/**
 * Program words of `text`; memory that the file does not mention is erased (FFFF).
 *
 * @throws Error for a record with a wrong sum, of another type, or outside of the memory.
 */
export function programOf(text: string, bytesMax = 32_768): Uint16Array {
  const program = new Uint16Array(bytesMax / 2).fill(0xffff);
  const bytes = new Uint8Array(program.buffer);
  for (const record of text.split(/\r?\n/).filter(Boolean)) {
    const fields = Buffer.from(record.slice(1), 'hex');
    const sum = fields.reduce((total, byte) => (total + byte) & 0xff, 0);
    if (!record.startsWith(':') || fields.length < 5 || sum !== 0) throw new Error(`damaged HEX record: ${record}`);
    if (fields[3] === 1) break;
    if (fields[3] !== 0) throw new Error(`HEX record of an unknown type: ${record}`);
    bytes.set(fields.subarray(4, -1), fields.readUInt16BE(1));
  }
  return program;
}
