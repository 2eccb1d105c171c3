/**
 * The words that tickets are described with, on every wire: what the queue system (排队叫号) calls a ticket, a business and
 * a place in the queue.
 */
import { z } from 'zod';

export const ticketNumber = z
  .string()
  .regex(/^[\p{L}\p{N}-]{1,16}$/u, 'use letters, digits and "-", at most 16')
  .describe('票号, as it is called');

export const businessType = z
  .strictObject({
    code: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,32}$/, 'use letters, digits, ".", "_" and "-", at most 32')
      .describe("the queue system's code"),
    name: z.string().min(1).max(64),
  })
  .describe('业务类型');

export const waitingCount = z.int().min(0).max(9_999).describe('等待人数: people before this one');

export const ticketSource = z
  .enum(['onsite', 'wechat', 'reserved'])
  .describe('取号方式: at the kiosk 现场, by phone 微信, by appointment 预约');

export const priority = z.enum(['normal', 'priority', 'green-channel']).describe('普通, 优先, 绿色通道');

/** `110101********1234`: the first six digits and the last four of an 18-digit number, never more. */
export const idNumberMasked = z
  .string()
  .regex(/^\d{6}\*{8}\d{3}[0-9X]$/, 'mask all but the first six and the last four digits')
  .describe('公民身份号码, masked');

export const idNumberHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('keyed hash (HMAC-SHA-256) of the number, to tell people apart without knowing them');

/** A name of which only the first character is shown: `张*`, `欧**`. */
export const nameMasked = z
  .string()
  .regex(/^[^*]\*{1,30}$/u, 'show the first character only')
  .describe('姓名, masked');

/** Whose card a ticket was asked for with; one of the two, as hall.yaml says. */
export const cardReference = z.union([z.strictObject({ idNumberMasked }), z.strictObject({ idNumberHash })]);

/** Everything that a ticket says and that the centre decides. */
export const ticketContent = z.strictObject({
  ticketNumber,
  businessType,
  waitingCount: waitingCount.optional(),
  issuedAt: z.iso.datetime({ offset: true }).optional().describe('取号时间; the moment of printing if not given'),
  source: ticketSource.default('onsite'),
  priority: priority.default('normal'),
  reservationNo: z.string().min(1).max(32).optional().describe('预约号'),
  windowHint: z.string().min(1).max(64).optional().describe('where to wait or go: 3-6号窗口'),
  area: z.string().min(1).max(64).optional().describe('等候区域'),
  qr: z
    .string()
    .max(300)
    .regex(/^\P{Cc}+$/u, 'no control characters')
    .optional()
    .describe('what the QR code says: an address to follow the queue'),
  note: z.string().min(1).max(200).optional().describe('a line of its own at the foot'),
  visitId: z.string().min(1).max(64).optional().describe("the queue system's identity of one visit"),
  requestId: z.string().min(1).max(64).optional().describe('id of the ticket.requested event that this answers'),
});

export type TicketContent = z.output<typeof ticketContent>;
