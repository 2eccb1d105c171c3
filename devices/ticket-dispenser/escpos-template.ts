/**
 * How a ticket looks: a list of lines with placeholders, from hall.yaml. A line with a placeholder that this ticket has no
 * value for is left out, so one template serves tickets with and without an appointment.
 */
import { z } from 'zod';
import type { IssuedTicket } from './ticket-journal.ts';

export const PLACEHOLDERS = [
  'ticketNumber',
  'businessName',
  'businessCode',
  'waitingCount',
  'issuedAt',
  'date',
  'time',
  'hallName',
  'windowHint',
  'area',
  'reservationNo',
  'source',
  'priority',
  'note',
  'qr',
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

const known: ReadonlySet<string> = new Set(PLACEHOLDERS);
const PLACEHOLDER = /\{([^{}]*)\}/g;

const textWithPlaceholders = z
  .string()
  .min(1)
  .max(300)
  .superRefine((text, context) => {
    for (const [whole, name = ''] of text.matchAll(PLACEHOLDER)) {
      if (!known.has(name)) context.addIssue(`${whole} is unknown; use one of ${PLACEHOLDERS.join(', ')}`);
    }
    if (/[{}]/.test(text.replaceAll(PLACEHOLDER, ''))) context.addIssue('a brace stands alone');
  });

const PARTS = ['text', 'qr', 'feed'] as const;

const templateLine = z
  .strictObject({
    text: textWithPlaceholders.optional().describe('what is printed, with {placeholders}'),
    qr: textWithPlaceholders.optional().describe('what the QR code says, with {placeholders}'),
    feed: z.int().min(1).max(20).optional().describe('empty lines'),
    size: z.enum(['normal', 'tall', 'wide', 'double', 'large', 'huge']).default('normal'),
    align: z.enum(['left', 'center', 'right']).default('center'),
    bold: z.boolean().default(false),
    moduleDots: z.int().min(2).max(16).default(5).describe('size of a QR module'),
  })
  .refine((line) => PARTS.filter((part) => line[part] !== undefined).length === 1, 'give one of text, qr and feed');

export type TemplateLine = z.output<typeof templateLine>;

/** The ticket of most halls, for paper of 80 mm (and readable on 58 mm). */
const usual: z.input<typeof templateLine>[] = [
  { text: '{hallName}', bold: true },
  { feed: 1 },
  { text: '{ticketNumber}', size: 'huge', bold: true },
  { text: '{businessName}', size: 'double' },
  { text: '{priority}', size: 'double', bold: true },
  { text: '您前面还有 {waitingCount} 人等待', bold: true },
  { text: '请到 {windowHint} 办理' },
  { text: '等候区：{area}' },
  { text: '预约号：{reservationNo}' },
  { qr: '{qr}' },
  { text: '{note}' },
  { text: '取号时间：{issuedAt}' },
  { text: '请留意叫号，过号请重新取号' },
];

export const ticketTemplate = z
  .array(templateLine)
  .min(1)
  .max(60)
  .prefault(usual)
  .describe('lines of the ticket, in order');

const SOURCE = { onsite: '现场取号', wechat: '微信取号', reserved: '预约取号' } as const;
const PRIORITY = { normal: undefined, priority: '优先', 'green-channel': '绿色通道' } as const;

/** What the placeholders stand for on one ticket; undefined where it has no value. */
export function placeholderValues(
  ticket: IssuedTicket,
  local: { date: string; time: string },
  hallName: string | undefined,
): Record<Placeholder, string | undefined> {
  return {
    ticketNumber: ticket.ticketNumber,
    businessName: ticket.businessType.name,
    businessCode: ticket.businessType.code,
    waitingCount: ticket.waitingCount?.toString(),
    issuedAt: `${local.date} ${local.time}`,
    date: local.date,
    time: local.time,
    hallName,
    windowHint: ticket.windowHint,
    area: ticket.area,
    reservationNo: ticket.reservationNo,
    source: SOURCE[ticket.source],
    priority: PRIORITY[ticket.priority],
    note: ticket.note,
    qr: ticket.qr,
  };
}

/** The text with its placeholders filled in; undefined when one of them has no value. */
export function filledIn(text: string, values: Readonly<Record<string, string | undefined>>): string | undefined {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  if (names.some((name) => values[name] === undefined)) return undefined;
  return text.replaceAll(PLACEHOLDER, (_, name: string) => values[name] ?? '');
}
