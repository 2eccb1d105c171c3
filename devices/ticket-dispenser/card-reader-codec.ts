/**
 * Frames of readers for second-generation ID cards (SAM_V module, GA 450 family), on a UART or through a USB serial chip.
 *
 *   to the reader     AA AA AA 96 69   length (2)   command   parameter   data       xor
 *   from the reader   AA AA AA 96 69   length (2)   SW1 SW2 SW3           data       xor
 *                     preamble         |                                             over length ... data
 *                                      bytes that follow it, xor included, high byte first
 *
 *   20 01  find a card      00 00 9F + 4 bytes, or 00 00 80 when there is none
 *   20 02  select it        00 00 90 + 8 bytes
 *   30 01  read it          00 00 90 + length of text (0100) + length of photo (0400) + text + photo: 1295 bytes in all
 *   30 10  the same with fingerprints (1297, 1809 or 2321 bytes in all); never sent by this gateway
 */
export type ReaderCommand = keyof typeof COMMANDS;

/** What a reader said: SW3 tells what came of the command; SW1 and SW2 are 00 in every answer known. */
export interface ReaderReply {
  status: number;
  /** A copy of its own; `wipe` it when it is read out. */
  data: Uint8Array;
}

export const STATUS = { done: 0x90, cardFound: 0x9f, noCard: 0x80 } as const;

const COMMANDS = { find: [0x20, 0x01], select: [0x20, 0x02], read: [0x30, 0x01] } as const;
const PREAMBLE = Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69);
/** Preamble and length. */
const HEADER_BYTES = 7;
const STATUS_BYTES = 3;
/** Place of SW3, counted from the length. */
const STATUS_AT = 4;
const XOR_BYTES = 1;
/** The lengths of text and photo stand before the text. */
const TEXT_AT = 4;
/** Status and xor are always there. */
const LENGTH_MIN = STATUS_BYTES + XOR_BYTES;
/** The longest answer of the table: text, photo and two fingerprints. */
const FRAME_BYTES_MAX = 2_321;
const LENGTH_MAX = FRAME_BYTES_MAX - HEADER_BYTES;

/** The bytes of a command. */
export function encodeCommand(command: ReaderCommand): Uint8Array {
  const [code, parameter] = COMMANDS[command];
  const checked = Uint8Array.of(0, 2 + XOR_BYTES, code, parameter);
  return Uint8Array.of(...PREAMBLE, ...checked, xorOf(checked));
}

/** The text of an answer to `read`, a view; undefined when its lengths do not fit. The photo behind it is left alone. */
export function textOf({ data }: ReaderReply): Uint8Array | undefined {
  if (data.length < TEXT_AT) return undefined;
  const lengths = new DataView(data.buffer, data.byteOffset, TEXT_AT);
  const textEnd = TEXT_AT + lengths.getUint16(0);
  return data.length === textEnd + lengths.getUint16(2) ? data.subarray(TEXT_AT, textEnd) : undefined;
}

/** Overwrites what was personal. */
export function wipe(bytes: Uint8Array): void {
  bytes.fill(0);
}

/** What the decoder has met since it began. */
export interface DecoderCounters {
  replies: number;
  /** Bytes that belong to no reply. */
  skippedBytes: number;
  /** Whole frames with a wrong xor. */
  wrongXors: number;
}

export interface ReplyDecoder {
  /** Takes the next bytes, however they are cut, and overwrites them; returns the replies that are complete now. */
  push(bytes: Uint8Array): ReaderReply[];
  /** Forgets a reply that has begun, and overwrites it: whatever comes next belongs to another command. */
  reset(): void;
  readonly counters: Readonly<DecoderCounters>;
}

/**
 * A decoder looks for the next preamble after anything that is no frame, and holds back less than one longest frame
 * (2,321 bytes), whatever it is fed. Nothing of a card stays behind in it.
 */
export function replyDecoder(): ReplyDecoder {
  const counters: DecoderCounters = { replies: 0, skippedBytes: 0, wrongXors: 0 };
  let held: Uint8Array = new Uint8Array();
  return {
    counters,
    push(bytes) {
      const joined = Buffer.concat([held, bytes]);
      wipe(held);
      wipe(bytes);
      const { replies, taken } = takeReplies(joined, counters);
      held = Uint8Array.from(joined.subarray(taken));
      wipe(joined);
      return replies;
    },
    reset() {
      wipe(held);
      held = new Uint8Array();
    },
  };
}

function takeReplies(bytes: Uint8Array, counters: DecoderCounters): { replies: ReaderReply[]; taken: number } {
  const replies: ReaderReply[] = [];
  let at = 0;
  while (at < bytes.length) {
    const found = replyAt(bytes, at);
    if (found === 'incomplete') break;
    if (typeof found === 'object') {
      counters.replies += 1;
      replies.push(found.reply);
      at += found.size;
      continue;
    }
    if (found === 'wrong-xor') counters.wrongXors += 1;
    counters.skippedBytes += 1;
    at += 1;
  }
  return { replies, taken: at };
}

type Found = { reply: ReaderReply; size: number } | 'none' | 'incomplete' | 'wrong-xor';

/** Is there a reply that begins exactly here? */
function replyAt(bytes: Uint8Array, at: number): Found {
  const preamble = bytes.subarray(at, at + PREAMBLE.length);
  if (!preamble.every((byte, index) => byte === PREAMBLE[index])) return 'none';
  const [high, low] = bytes.subarray(at + PREAMBLE.length, at + HEADER_BYTES);
  if (high === undefined || low === undefined) return 'incomplete';
  const length = high * 256 + low;
  if (length < LENGTH_MIN || length > LENGTH_MAX) return 'none';
  const size = HEADER_BYTES + length;
  if (bytes.length < at + size) return 'incomplete';
  const checked = bytes.subarray(at + PREAMBLE.length, at + size - XOR_BYTES);
  if (bytes[at + size - XOR_BYTES] !== xorOf(checked)) return 'wrong-xor';
  return { reply: { status: checked[STATUS_AT] ?? 0, data: Uint8Array.from(checked.subarray(STATUS_AT + 1)) }, size };
}

function xorOf(bytes: Uint8Array): number {
  return bytes.reduce((xor, byte) => xor ^ byte, 0);
}
