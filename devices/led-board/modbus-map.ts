/**
 * What the registers of a Modbus board mean: a schema in which a technician writes down the vendor's table, and two maps
 * that are built in.
 */
import { z } from 'zod';
import { REGISTER_MAX, WRITE_COUNT_MAX } from '../../firmware-bridge/modbus-bus/modbus-request.ts';
import { colourSchema, effectSchema } from './kind.ts';

const BYTES_MAX = 2_000;
const CLOCK_REGISTERS = 6;

const register = z.int().min(0).max(REGISTER_MAX).describe('address as in the request, from 0 (40001 is 0)');
const value = z.int().min(0).max(REGISTER_MAX);

const textSchema = z.strictObject({
  start: register,
  bytesMax: z.int().min(1).max(BYTES_MAX).describe('bytes of text that fit, the terminator included'),
  charset: z.enum(['ascii', 'gb2312', 'gbk']).default('gb2312'),
  byteOrder: z
    .enum(['high-first', 'low-first'])
    .default('high-first')
    .describe('which of two characters is in the high byte'),
  terminator: z
    .string()
    .regex(/^(?:[0-9a-f]{2}){0,4}$/, 'use hexadecimal digits in pairs, such as 00 or 0d0a')
    .default('')
    .describe('bytes behind the text, in hexadecimal digits'),
  pad: z.int().min(0).max(0xff).default(0x20).describe('byte with which the rest is filled'),
  fill: z
    .boolean()
    .optional()
    .describe('true: always writes all of bytesMax; absent: where neither a length nor a terminator ends the text'),
});

const fields = z.strictObject({
  write: z
    .enum(['fc16', 'fc6'])
    .default('fc16')
    .describe('fc6: one register at a time, for boards without function 16'),
  read: z.enum(['fc3', 'fc4', 'none']).default('fc3').describe('none: the board cannot be read at all'),
  readBack: z.boolean().optional().describe('reads a text back after writing it; absent: where the board can be read'),
  blockRegisters: z.int().min(1).max(WRITE_COUNT_MAX).default(WRITE_COUNT_MAX).describe('most registers in one write'),
  text: textSchema,
  lengthRegister: register.optional().describe('takes the number of bytes of the text'),
  control: z
    .strictObject({ register, show: value, clear: value.optional() })
    .optional()
    .describe('written last: makes the board take the text over; absent: it shows what is written at once'),
  colour: z.strictObject({ register, values: z.partialRecord(colourSchema, value) }).optional(),
  effect: z.strictObject({ register, values: z.partialRecord(effectSchema, value) }).optional(),
  speed: z.strictObject({ register, slowest: value, fastest: value }).optional(),
  brightness: z.strictObject({ register, darkest: value, brightest: value }).optional(),
  power: z.strictObject({ register, on: value, off: value }).optional().describe('switches the lamps'),
  clock: z
    .strictObject({ start: register })
    .optional()
    .describe('six registers: year, month, day, hour, minute, second'),
  presence: z
    .strictObject({ register, write: value.optional() })
    .optional()
    .describe('asked to see whether the board is there: read, or with `write` written with a value that does no harm'),
});

/** A vendor's map; mistakes that span several keys are told at the one to change. */
export const boardMapSchema = fields.superRefine(checkText).superRefine(checkPresence);

export type BoardMap = z.output<typeof fields>;

/** The parts that a command may need, by their keys. */
export type MapPart = 'brightness' | 'power' | 'clock';

export function textRegisters({ bytesMax }: BoardMap['text']): number {
  return Math.ceil(bytesMax / 2);
}

function checkText(map: BoardMap, context: z.RefinementCtx): void {
  const { text } = map;
  const end = text.start + textRegisters(text);
  const say = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (end > REGISTER_MAX + 1) say(['text', 'bytesMax'], `the text would end behind register ${REGISTER_MAX}`);
  if (text.terminator.length / 2 >= text.bytesMax) say(['text', 'terminator'], 'it leaves no room for a text');
  for (const { path, first, count } of singleRegisters(map)) {
    if (first < end && first + count > text.start) say(path, 'it lies in the registers of the text');
  }
}

function singleRegisters(map: BoardMap): { path: string[]; first: number; count: number }[] {
  const parts = ['control', 'colour', 'effect', 'speed', 'brightness', 'power'] as const;
  const named = parts.flatMap((part) => {
    const first = map[part]?.register;
    return first === undefined ? [] : [{ path: [part, 'register'], first, count: 1 }];
  });
  const { lengthRegister, clock } = map;
  if (lengthRegister !== undefined) named.push({ path: ['lengthRegister'], first: lengthRegister, count: 1 });
  if (clock) named.push({ path: ['clock', 'start'], first: clock.start, count: CLOCK_REGISTERS });
  return named;
}

function checkPresence({ read, readBack, presence }: BoardMap, context: z.RefinementCtx): void {
  const say = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (read !== 'none') return;
  if (readBack) say(['readBack'], 'a board that cannot be read cannot be read back');
  if (presence?.write === undefined) say(['presence'], 'a board that cannot be read needs a `presence` with `write`');
}

/**
 * LED-485, seven-segment boards: FC6 and FC16 only, characters from 70h, high byte first. All but unit and baud rate is
 * volatile, so writing the decimal point (4) again does no harm. Source: the maker's setting tool.
 */
export const LED_485: BoardMap = boardMapSchema.parse({
  read: 'none',
  text: { start: 0x70, bytesMax: 8, charset: 'ascii', fill: true },
  presence: { register: 4, write: 0 },
});

/** Our own convention for Chinese text, for makers who ask what to build; no public map of such a board was found. */
export const GB2312: BoardMap = boardMapSchema.parse({
  text: { start: 16, bytesMax: 256 },
  control: { register: 0, show: 1, clear: 2 },
  brightness: { register: 1, darkest: 0, brightest: 100 },
  colour: { register: 2, values: { red: 1, green: 2, yellow: 3, blue: 4, magenta: 5, cyan: 6, white: 7 } },
  effect: { register: 3, values: { static: 0, quick: 1, left: 2, right: 3, up: 4, down: 5 } },
  speed: { register: 4, slowest: 1, fastest: 10 },
  lengthRegister: 5,
  power: { register: 6, on: 1, off: 0 },
  clock: { start: 8 },
});
