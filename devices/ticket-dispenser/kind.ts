/**
 * What a ticket dispenser (取号机) is to the hall, whatever wire it speaks: a person asks for a ticket by button or card, the
 * queue system gives it a number, the kiosk prints it once. A number is never printed twice without the mark 补打, and
 * what cannot be proved to be on paper is said to be unconfirmed.
 */
import { z } from 'zod';
import { defineKind } from '../../gateway/kernel/kind.ts';
import {
  businessType,
  cardReference,
  idNumberHash,
  idNumberMasked,
  nameMasked,
  ticketContent,
  ticketNumber,
  ticketSource,
  waitingCount,
} from './words.ts';

const issuedAt = z.iso.datetime({ offset: true }).describe('取号时间');
const copy = z.int().min(1).max(99).describe('1 is the original, 2 the first 补打');

/** What stays the same on every event of one ticket. */
const ticket = {
  ticketNumber,
  businessType,
  issuedAt,
  source: ticketSource,
  copy,
  visitId: z.string().min(1).max(64).optional(),
  requestId: z.string().min(1).max(64).optional(),
};

const business = z.strictObject({ businessType, waitingCount: waitingCount.optional() });

/** Whether a part of the kiosk that hangs on a cable of its own is there. */
const part = z.enum(['present', 'absent', 'fault']);

const example = {
  ticketNumber: 'A023',
  businessType: { code: 'SS01', name: '社保业务' },
  issuedAt: '2026-06-01T09:12:33+08:00',
  source: 'onsite',
} as const;

export const ticketDispenser = defineKind({
  name: 'ticket-dispenser',
  title: { en: 'Ticket dispenser', zh: '取号机' },
  state: z.strictObject({
    enabled: z.boolean().describe('people may take tickets here'),
    printer: z.enum(['online', 'offline', 'unknown']),
    paper: z.enum(['ok', 'near-end', 'out', 'unknown']),
    cover: z.enum(['closed', 'open', 'unknown']),
    cutter: z.enum(['ok', 'fault', 'unknown']),
    reader: part.optional().describe('ID-card reader, if there is one'),
    buttons: part.optional().describe('button panel, if there is one'),
    businesses: z.array(business).max(64).optional().describe('what is offered, and how many wait for it'),
    lastTicket: z.strictObject({ ticketNumber, issuedAt }).optional(),
  }),
  stateExample: {
    enabled: true,
    printer: 'online',
    paper: 'near-end',
    cover: 'closed',
    cutter: 'ok',
    reader: 'present',
    businesses: [{ businessType: example.businessType, waitingCount: 12 }],
    lastTicket: { ticketNumber: 'A023', issuedAt: example.issuedAt },
  },
  events: {
    'ticket.requested': {
      summary: 'A person at the kiosk chose a business; the queue system answers with print-ticket.',
      class: 'record',
      version: 1,
      data: z.strictObject({
        businessType,
        source: z.enum(['button', 'card', 'screen']).describe('how it was chosen'),
        card: cardReference.optional().describe('of the ID card that was presented, masked or hashed'),
      }),
      example: {
        businessType: example.businessType,
        source: 'card',
        card: { idNumberMasked: '110101********1234' },
      },
    },
    'ticket.printed': {
      summary: 'The printer confirmed a ticket.',
      class: 'record',
      version: 1,
      data: z.strictObject(ticket),
      example: { ...example, copy: 1 },
    },
    'ticket.reprinted': {
      summary: 'The printer confirmed another copy of a ticket, marked 补打.',
      class: 'record',
      version: 1,
      data: z.strictObject(ticket),
      example: { ...example, copy: 2 },
    },
    'ticket.print-failed': {
      summary: 'A ticket was not printed, or nobody can say that it was.',
      class: 'record',
      version: 1,
      data: z.strictObject({
        ...ticket,
        reason: z
          .enum(['paper-out', 'cover-open', 'cutter', 'offline', 'printer-fault', 'too-late', 'unconfirmed'])
          .describe('too-late: its command had expired; unconfirmed: the printer never said whether it printed'),
        mayBeOnPaper: z.boolean().describe('false: not a byte was sent, print-ticket may be sent again'),
      }),
      example: { ...example, copy: 1, reason: 'paper-out', mayBeOnPaper: true },
    },
    'card.read': {
      summary: 'A person presented an ID card; the number is masked or hashed, the photo is never looked at.',
      class: 'record',
      version: 1,
      data: z.strictObject({
        idNumberMasked: idNumberMasked.optional(),
        idNumberHash: idNumberHash.optional(),
        nameMasked: nameMasked.optional(),
        checkDigitValid: z.boolean().optional().describe('of the number, if it was read; ISO 7064 MOD 11-2'),
        cardKind: z
          .enum(['resident', 'hk-macau-taiwan', 'foreign-permanent'])
          .describe('居民身份证, 港澳台居民居住证, 外国人永久居留身份证'),
        validFrom: z.iso.date().optional(),
        validUntil: z
          .union([z.iso.date(), z.literal('long-term')])
          .optional()
          .describe('long-term: 长期'),
      }),
      example: {
        idNumberMasked: '110101********1234',
        nameMasked: '张*',
        checkDigitValid: true,
        cardKind: 'resident',
        validFrom: '2020-01-01',
        validUntil: '2040-01-01',
      },
    },
  },
  commands: {
    'print-ticket': {
      summary:
        'Prints a numbered ticket, once: the same number of the same day again is not printed, but `done` with `printed: before`.',
      input: ticketContent,
      output: z.strictObject({
        ticketNumber,
        issuedAt,
        printed: z
          .enum(['now', 'before'])
          .describe('before: this number of this day was on paper already, and nothing was printed now'),
      }),
      example: {
        ...example,
        waitingCount: 12,
        windowHint: '3-6号窗口',
        qr: 'https://queue.example.gov.cn/t/20260601-A023',
        requestId: '01JX4Z9Q2M7D3W8K5T6B1C0VNE',
      },
      deadlineMs: 60_000,
    },
    reprint: {
      summary: 'Prints another copy of a ticket that this kiosk knows, marked 补打.',
      input: z.strictObject({ ticketNumber }),
      output: z.strictObject({ ticketNumber, issuedAt, copy }),
      example: { ticketNumber: 'A023' },
      deadlineMs: 60_000,
    },
    enable: {
      summary: 'Opens the kiosk: people may take tickets.',
      input: z.strictObject({}),
      output: z.strictObject({}),
      example: {},
      deadlineMs: 5_000,
    },
    disable: {
      summary: 'Closes the kiosk: buttons and cards ask for no ticket; tickets of the queue system are still printed.',
      input: z.strictObject({}),
      output: z.strictObject({}),
      example: {},
      deadlineMs: 5_000,
    },
    'show-business': {
      summary: 'Says which businesses are offered and how many wait for each.',
      input: z.strictObject({ businesses: z.array(business).max(64) }),
      output: z.strictObject({}),
      example: { businesses: [{ businessType: example.businessType, waitingCount: 12 }] },
      deadlineMs: 5_000,
    },
  },
});

export type TicketDispenser = typeof ticketDispenser;
