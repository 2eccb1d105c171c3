/**
 * What an ESC/POS printer says, cut out of the stream of its bytes. Pure; the kinds are told apart by fixed bits:
 *
 *   0xx1xx10                      answer to DLE EOT, one byte
 *   0xx1xx00 0xx0xxxx (3 times)   status said unasked (GS a), four bytes
 *   0xx0xxxx                      answer to GS r, one byte: 0, or near end 03, end 0C
 *   37 22 d1 d2 d3 d4 00          answer to GS ( H: this process is done
 *
 * Anything else is noise. Sources: the ESC/POS command set as Epson documents it; the bits of GS r and GS a were not
 * checked on a device.
 */
export type PrinterAnswer =
  | { kind: 'real-time'; byte: number }
  | { kind: 'automatic'; bytes: readonly [number, number, number, number] }
  | { kind: 'paper'; byte: number }
  | { kind: 'process'; id: string };

const PROCESS_HEADER = 0x37;
const PROCESS_IDENTIFIER = 0x22;
const PROCESS_LENGTH = 7;
const AUTOMATIC_LENGTH = 4;
/** What GS r 1 can say: enough paper, near its end, at its end (some say both). */
const PAPER_BYTES: ReadonlySet<number> = new Set([0x00, 0x03, 0x0c, 0x0f]);

/** Feeds chunks, cut anywhere; each answer comes once. Holds at most six bytes. */
export function answerReader(
  onAnswer: (answer: PrinterAnswer) => void,
  onNoise: (bytes: number) => void,
): (chunk: Uint8Array) => void {
  let held: number[] = [];
  const noise = (count: number) => {
    held = held.slice(count);
    onNoise(count);
  };
  const take = (answer: PrinterAnswer, count: number) => {
    held = held.slice(count);
    onAnswer(answer);
  };
  const step = (): boolean => {
    const first = held[0];
    if (first === undefined) return false;
    if (first === PROCESS_HEADER) return process();
    if ((first & 0x93) === 0x12) take({ kind: 'real-time', byte: first }, 1);
    else if ((first & 0x93) === 0x10) return automatic();
    else if (PAPER_BYTES.has(first)) take({ kind: 'paper', byte: first }, 1);
    else noise(1);
    return true;
  };
  const process = (): boolean => {
    const fits = held.every((byte, index) => isProcessByte(byte, index));
    if (!fits) noise(1);
    else if (held.length < PROCESS_LENGTH) return false;
    else take({ kind: 'process', id: String.fromCharCode(...held.slice(2, 6)) }, PROCESS_LENGTH);
    return true;
  };
  const automatic = (): boolean => {
    const [a = 0, b = 0, c = 0, d = 0] = held;
    if (held.slice(1).some((byte) => (byte & 0x90) !== 0)) noise(1);
    else if (held.length < AUTOMATIC_LENGTH) return false;
    else take({ kind: 'automatic', bytes: [a, b, c, d] }, AUTOMATIC_LENGTH);
    return true;
  };
  return (chunk) => {
    for (const byte of chunk) {
      held.push(byte);
      while (step());
    }
  };
}

function isProcessByte(byte: number, index: number): boolean {
  if (index === 0) return byte === PROCESS_HEADER;
  if (index === 1) return byte === PROCESS_IDENTIFIER;
  return index === PROCESS_LENGTH - 1 ? byte === 0 : byte >= 0x20 && byte <= 0x7e;
}
