/**
 * What an evaluator (评价器, 好差评) with its caller (呼叫器) is to the hall, whatever wire it speaks: the mark that a citizen
 * gives for one visit, the keys that the window's clerk presses, and what their displays show.
 * Five levels as GB/T 39735-2020 has them; silence is "not rated", never a good mark.
 */
import { z } from 'zod';
import { defineKind } from '../../gateway/kernel/kind.ts';

export const levelSchema = z
  .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)])
  .describe('5 非常满意, 4 满意, 3 基本满意, 2 不满意, 1 非常不满意');

export type Level = z.output<typeof levelSchema>;

/** The official words for the five levels. */
export const LEVEL_LABELS = {
  5: '非常满意',
  4: '满意',
  3: '基本满意',
  2: '不满意',
  1: '非常不满意',
} as const satisfies Record<Level, string>;

export const callerKeyName = z.enum([
  'call-next',
  'recall',
  'finish',
  'hang',
  'call-back',
  'give-up',
  'transfer',
  'pause',
  'one-metre',
  'cancel',
  'other',
]);

export type CallerKey = z.output<typeof callerKeyName>;

const ticketNumber = z.string().min(1).max(16).describe('票号, as printed on the ticket');
const visitId = z
  .string()
  .min(1)
  .max(64)
  .describe("the queue system's identity of one visit; at least within a day it means no other visit");
const channel = z.literal('hall-device').describe('评价渠道: a device at the window');

const unratedReason = z
  .enum(['time-out', 'device-default', 'superseded', 'declined', 'cancelled'])
  .describe(
    'nobody pressed a key; the device sent its default; another evaluation was begun; the citizen closed it; the window took it back',
  );

export type UnratedReason = z.output<typeof unratedReason>;

export const indicatorsSchema = z
  .strictObject({
    efficiency: levelSchema.optional().describe('服务效率'),
    competence: levelSchema.optional().describe('服务水平'),
    attitude: levelSchema.optional().describe('服务态度'),
  })
  .describe('marks for parts of the service, where the device asks');

export type Indicators = z.output<typeof indicatorsSchema>;

const transactor = z
  .strictObject({ name: z.string().min(1).max(32).optional(), workNumber: z.string().min(1).max(32).optional() })
  .describe('窗口人员: who is evaluated, for devices that can show it');

const item = z
  .strictObject({ code: z.string().min(1).max(64).optional(), name: z.string().min(1).max(100) })
  .describe('事项, for devices that can show it');

/** Which visit an evaluation belongs to, as far as it is known. */
const visit = {
  window: z.string().optional().describe('窗口号'),
  ticketNumber: ticketNumber.optional(),
  visitId: visitId.optional(),
};

export const evaluator = defineKind({
  name: 'evaluator',
  title: { en: 'Evaluator and caller', zh: '评价器与呼叫器' },
  state: z.strictObject({
    window: z.string().optional(),
    currentTicket: z.string().optional().describe('digits that the caller shows'),
    waitingCount: z.int().min(0).max(999).optional().describe('等待人数 that the caller shows'),
    stars: levelSchema.optional().describe("star level that the window's evaluator shows"),
    evaluating: z.boolean().describe('an evaluation is open and waits for a key'),
    paused: z.boolean().optional().describe('暂停服务: the window serves nobody, where the device can show it'),
    lastLevel: levelSchema.optional(),
  }),
  stateExample: { window: '5', currentTicket: '023', waitingCount: 12, evaluating: false, lastLevel: 5 },
  events: {
    'evaluation.requested': {
      summary: 'The window asked the citizen for an evaluation.',
      class: 'telemetry',
      version: 1,
      data: z.strictObject({ ...visit, timeoutSeconds: z.int().positive() }),
      example: { window: '5', ticketNumber: 'A023', timeoutSeconds: 30 },
    },
    'evaluation.submitted': {
      summary: 'A citizen gave a mark; one event an evaluation, the first key counts.',
      class: 'record',
      version: 1,
      data: z.strictObject({
        ...visit,
        level: levelSchema,
        label: z.enum(LEVEL_LABELS).describe('the official words for the level'),
        levelsOffered: z.array(levelSchema).min(1).describe('levels that this device has keys for'),
        reasons: z.array(z.string()).optional().describe('why, for levels 1 and 2, where the device asks'),
        indicators: indicatorsSchema.optional(),
        comment: z.string().max(500).optional().describe("the citizen's own words, ID-card numbers masked"),
        durationMs: z.int().nonnegative().optional().describe('from the request to the key'),
        channel,
      }),
      example: {
        window: '5',
        ticketNumber: 'A023',
        level: 5,
        label: '非常满意',
        levelsOffered: [2, 4, 5],
        durationMs: 4200,
        channel: 'hall-device',
      },
    },
    'evaluation.unrated': {
      summary: 'An evaluation ended without a mark (未评价); never to be counted as a good one.',
      class: 'record',
      version: 1,
      data: z.strictObject({
        ...visit,
        reason: unratedReason,
        channel,
      }),
      example: { window: '5', ticketNumber: 'A023', reason: 'time-out', channel: 'hall-device' },
    },
    'caller.key-pressed': {
      summary: 'The clerk pressed a key of the caller.',
      class: 'record',
      version: 1,
      data: z.strictObject({
        window: visit.window,
        key: callerKeyName,
        code: z
          .string()
          .regex(/^([0-9a-f]{2})+$/)
          .describe("the device's own code of the key, in hexadecimal digits"),
      }),
      example: { window: '5', key: 'call-next', code: '0c' },
    },
  },
  commands: {
    'show-ticket': {
      summary: 'Shows the called ticket on the caller.',
      input: z.strictObject({ ticketNumber }),
      output: z.strictObject({ shown: z.string().describe('digits that the display can show of it') }),
      example: { ticketNumber: 'A023' },
      deadlineMs: 5_000,
    },
    'show-waiting': {
      summary: 'Shows how many people wait for this window.',
      input: z.strictObject({ count: z.int().min(0).max(999) }),
      output: z.strictObject({}),
      example: { count: 12 },
      deadlineMs: 5_000,
    },
    'show-stars': {
      summary: "Shows the window's star level on its evaluator.",
      input: z.strictObject({ level: levelSchema }),
      output: z.strictObject({}),
      example: { level: 5 },
      deadlineMs: 5_000,
    },
    beep: {
      summary: 'Lets the caller beep once.',
      input: z.strictObject({}),
      output: z.strictObject({}),
      example: {},
      deadlineMs: 5_000,
    },
    'start-evaluation': {
      summary: 'Asks the citizen for an evaluation; its outcome is an event of its own.',
      input: z.strictObject({
        ticketNumber: ticketNumber.optional(),
        visitId: visitId.optional(),
        transactor: transactor.optional(),
        item: item.optional(),
        timeoutSeconds: z.int().min(5).max(600).optional().describe('after this long it counts as not rated'),
      }),
      output: z.strictObject({ timeoutSeconds: z.int().positive() }),
      example: { ticketNumber: 'A023', visitId: '20260601-000123', timeoutSeconds: 30 },
      deadlineMs: 5_000,
    },
    'cancel-evaluation': {
      summary: 'Takes back the evaluation that is open; it ends as not rated.',
      input: z.strictObject({}),
      output: z.strictObject({ cancelled: z.boolean().describe('false: none was open') }),
      example: {},
      deadlineMs: 5_000,
    },
    pause: {
      summary: 'Shows that the window serves nobody for a while (暂停服务).',
      input: z.strictObject({}),
      output: z.strictObject({}),
      example: {},
      deadlineMs: 5_000,
    },
    resume: {
      summary: 'Shows that the window serves again (恢复服务).',
      input: z.strictObject({}),
      output: z.strictObject({}),
      example: {},
      deadlineMs: 5_000,
    },
  },
});

export type Evaluator = typeof evaluator;
