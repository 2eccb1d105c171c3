/**
 * A ticket as bytes for the printer: the template filled in, and the mark 补打 on every copy but the first.
 */
import { cut, feed, initialise, textLine } from './escpos-commands.ts';
import { qrCode } from './escpos-qr.ts';
import type { EscposConfig } from './escpos-settings.ts';
import { filledIn, placeholderValues, type TemplateLine } from './escpos-template.ts';
import { encodeText } from './escpos-text.ts';
import type { PrintJob } from './ticket-journal.ts';

type Look = Pick<EscposConfig, 'ticket' | 'charset' | 'qr' | 'cut' | 'feedLines' | 'hallName'>;
type Values = Readonly<Record<string, string | undefined>>;

/**
 * @throws HallError `ticket.character-unprintable`, with the place of the character.
 */
export async function ticketBytes(
  { ticket, copy }: PrintJob,
  look: Look,
  local: { date: string; time: string },
): Promise<Buffer> {
  const values = placeholderValues(ticket, local, look.hallName);
  const parts: Buffer[] = [initialise()];
  if (copy > 1) parts.push(copyMark(copy, look));
  for (const [index, line] of look.ticket.entries()) parts.push(await lineBytes(line, values, look, index));
  parts.push(feed(look.feedLines));
  if (look.cut !== 'none') parts.push(cut(look.cut));
  return Buffer.concat(parts);
}

function copyMark(copy: number, { charset }: Look): Buffer {
  const text = encodeText(`补打（第 ${copy} 张）`, charset, 'the copy mark');
  return textLine(text, { size: 'double', align: 'center', bold: true });
}

async function lineBytes(line: TemplateLine, values: Values, look: Look, index: number): Promise<Buffer> {
  if (line.feed !== undefined) return feed(line.feed);
  const filled = filledIn(line.text ?? line.qr ?? '', values);
  if (filled === undefined) return Buffer.alloc(0);
  if (line.qr !== undefined) {
    return qrCode(filled, { how: look.qr, moduleDots: line.moduleDots, align: line.align });
  }
  const place = `line ${index + 1} of the ticket ("${line.text ?? ''}")`;
  return textLine(encodeText(filled, look.charset, place), line);
}
