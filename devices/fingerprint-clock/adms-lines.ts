/**
 * The body of an upload, line by line and never in memory as a whole: a template of megabytes passes through a buffer of one
 * line. Lines are Latin-1 text, so that their bytes survive.
 */
import { tooLarge, type Pieces } from './adms-body.ts';

/** Records and people take a tenth of this, a list of options half; only templates and pictures are longer. */
const LINE_BYTES_MAX = 4_096;
const LINE_FEED = 0x0a;

export interface BodyLine {
  /** Without its end of line; of a line that is too long, the beginning. */
  text: string;
  whole: boolean;
}

/**
 * The lines of a body, in the pieces in which they came; empty lines are left away.
 *
 * @throws HallError `push.upload-too-large` beyond `bytesMax`; what reading `body` throws, in which case the last, half line
 *   is not given out.
 */
export async function* bodyLines(body: Pieces, bytesMax: number): AsyncGenerator<BodyLine[]> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let bytes = 0;
  const keep = (piece: Buffer) => {
    const room = LINE_BYTES_MAX - Math.min(begunBytes, LINE_BYTES_MAX);
    if (room > 0 && piece.length > 0) begun.push(Buffer.from(piece.subarray(0, room)));
    begunBytes += piece.length;
  };
  const finish = (): BodyLine => {
    const line = { text: textOf(begun), whole: begunBytes <= LINE_BYTES_MAX };
    begun = [];
    begunBytes = 0;
    return line;
  };
  for await (const chunk of body) {
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    bytes += piece.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    const lines: BodyLine[] = [];
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, start)) {
      keep(piece.subarray(start, end));
      lines.push(finish());
      start = end + 1;
    }
    keep(piece.subarray(start));
    yield lines.filter(notEmpty);
  }
  yield [finish()].filter(notEmpty);
}

function textOf(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('latin1').replace(/\r$/, '');
}

function notEmpty({ text }: BodyLine): boolean {
  return text.trim() !== '';
}
