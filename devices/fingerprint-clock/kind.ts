/**
 * What a fingerprint clock (指纹打卡机) is to the hall, whatever wire it speaks: who punched when, and whether the clock
 * itself can be trusted (its time, its log, its housing). A fingerprint template is never part of it.
 */
import { z } from 'zod';
import { defineKind } from '../../gateway/kernel/kind.ts';

/** Local time of the clock without a zone: `2026-06-01T08:00:00`. */
const localTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  .describe('local time as the clock shows it, without a zone');

export const punchName = z.enum([
  'check-in',
  'check-out',
  'break-out',
  'break-in',
  'overtime-in',
  'overtime-out',
  'undefined',
]);

export const verifyName = z.enum(['password', 'fingerprint', 'card', 'face', 'palm', 'other']);

export const alarmName = z.enum([
  'misoperation',
  'tamper',
  'exit-button',
  'door-closing',
  'duress',
  'passback',
  'forced-open',
  'unknown',
]);

export const fingerprintClock = defineKind({
  name: 'fingerprint-clock',
  title: { en: 'Fingerprint clock', zh: '指纹打卡机' },
  state: z.strictObject({
    model: z.string().optional(),
    serial: z.string().optional(),
    firmware: z.string().optional(),
    clockDriftMs: z.int().optional().describe("the clock's time minus the hall's time, in whole seconds"),
    users: z.int().nonnegative().optional().describe('people enrolled'),
    records: z.int().nonnegative().optional().describe('punches in the stored log'),
    recordCapacity: z.int().nonnegative().optional(),
    nearlyFull: z.boolean().describe('less than a tenth of the log is free'),
    lastPunchAt: localTime.optional(),
    realTime: z.boolean().describe('punches are pushed as they happen; otherwise they come with the next read'),
    dropped: z
      .int()
      .nonnegative()
      .optional()
      .describe('messages that the clock sent unasked (a fingerprint, a photo, a door) and that were dropped unread'),
    malformed: z.int().nonnegative().optional().describe('lines of a pushed log that nobody could read; see the log'),
    refused: z
      .int()
      .nonnegative()
      .optional()
      .describe(
        'pushed uploads that could not be understood, repetitions counted; the clock keeps them, the log says why',
      ),
    candidates: z
      .array(z.strictObject({ serial: z.string(), address: z.string() }))
      .optional()
      .describe(
        'other clocks that push to the same port and are not in hall.yaml; they are refused and keep their punches',
      ),
  }),
  stateExample: {
    model: 'K40/ID',
    serial: 'AEVL204260012',
    firmware: 'Ver 6.60 Nov 13 2019',
    clockDriftMs: -2000,
    users: 312,
    records: 48210,
    recordCapacity: 100000,
    nearlyFull: false,
    lastPunchAt: '2026-06-01T08:00:00',
    realTime: true,
    dropped: 0,
    malformed: 0,
    refused: 0,
    candidates: [{ serial: 'BRM9203460118', address: '192.168.1.87' }],
  },
  events: {
    'attendance.punched': {
      summary: 'Somebody punched at the clock; one event a punch, however often it was read.',
      class: 'record',
      version: 1,
      data: z.strictObject({
        userId: z.string().describe('number of the person at the clock (工号)'),
        name: z.string().optional().describe('display name as enrolled at the clock'),
        punch: punchName,
        punchCode: z.int().nonnegative().describe("the clock's own code of the punch"),
        verify: verifyName,
        verifyCode: z.int().nonnegative().describe("the clock's own code of the verification"),
        workCode: z.int().nonnegative().optional(),
        deviceTime: localTime,
        serial: z.string().optional().describe('serial number of the clock'),
        origin: z.enum(['live', 'stored']).describe('how the gateway heard of it first'),
      }),
      example: {
        userId: '1001',
        name: '张三',
        punch: 'check-in',
        punchCode: 0,
        verify: 'fingerprint',
        verifyCode: 1,
        deviceTime: '2026-06-01T08:00:00',
        serial: 'AEVL204260012',
        origin: 'live',
      },
    },
    'attendance.unreadable': {
      summary:
        'A line of the attendance log that nobody can read, kept as the clock wrote it; equal lines are one event. Somebody must look whose punch it is.',
      class: 'record',
      version: 1,
      data: z.strictObject({
        line: z.string().max(512).describe('the line byte by byte as Latin-1, its first 512 characters'),
        serial: z.string().describe('serial number of the clock'),
      }),
      example: { line: '1001\t01.06.2026 08:00\t0\t1', serial: 'BRM9203460118' },
    },
    'clock.drifted': {
      summary: "The clock's time left the allowed distance from the hall's time.",
      class: 'telemetry',
      version: 1,
      data: z.strictObject({
        driftMs: z.int().describe("the clock's time minus the hall's time"),
        limitMs: z.int().positive(),
        deviceTime: localTime,
      }),
      example: { driftMs: 95000, limitMs: 60000, deviceTime: '2026-06-01T08:01:35' },
    },
    'clock.time-set': {
      summary: "The gateway set the clock to the hall's time.",
      class: 'record',
      version: 1,
      data: z.strictObject({
        driftBeforeMs: z.int(),
        driftAfterMs: z.int(),
        deviceTimeBefore: localTime,
        deviceTimeAfter: localTime,
        reason: z.enum(['command', 'automatic']),
      }),
      example: {
        driftBeforeMs: 95000,
        driftAfterMs: 0,
        deviceTimeBefore: '2026-06-01T08:01:35',
        deviceTimeAfter: '2026-06-01T08:00:00',
        reason: 'command',
      },
    },
    'log.nearly-full': {
      summary: "Less than a tenth of the clock's log is free; someone must archive it at the clock.",
      class: 'record',
      version: 1,
      data: z.strictObject({ records: z.int().nonnegative(), capacity: z.int().positive() }),
      example: { records: 90500, capacity: 100000 },
    },
    'clock.alarm': {
      summary: 'The clock raised an alarm: its housing was opened, somebody punched under duress, or alike.',
      class: 'record',
      version: 1,
      data: z.strictObject({
        alarm: alarmName,
        code: z.int().nonnegative().describe("the clock's own code of the alarm"),
        uid: z.int().nonnegative().optional().describe('internal number of the person, where the alarm names one'),
      }),
      example: { alarm: 'tamper', code: 55 },
    },
  },
  commands: {
    'set-time': {
      summary: "Sets the clock to the hall's local time and reads it back.",
      input: z.strictObject({}),
      output: z.strictObject({ deviceTime: localTime, driftBeforeMs: z.int(), driftAfterMs: z.int() }),
      example: {},
      deadlineMs: 60_000,
    },
    'read-log': {
      summary: 'Reads the stored log again; punches that are on record already make no second event.',
      input: z.strictObject({ from: localTime.optional().describe('skip punches before this local time') }),
      output: z.strictObject({
        read: z.int().nonnegative().describe('punches in the range'),
        fresh: z.int().nonnegative().describe('punches that were not on record yet'),
      }),
      example: { from: '2026-06-01T00:00:00' },
      deadlineMs: 600_000,
    },
    'test-voice': {
      summary: 'Plays one of the voice prompts of the clock.',
      input: z.strictObject({ index: z.int().min(0).max(255).default(0) }),
      output: z.strictObject({}),
      example: { index: 0 },
      deadlineMs: 30_000,
    },
    restart: {
      summary: 'Restarts the clock; it is away for about a minute, and its log stays.',
      input: z.strictObject({}),
      output: z.strictObject({}),
      example: {},
      deadlineMs: 30_000,
    },
  },
});

export type FingerprintClock = typeof fingerprintClock;
