/**
 * What hall.yaml says about a board on a Modbus bus.
 */
import { z } from 'zod';
import { textOf } from '../../gateway/kernel/errors.ts';
import { nameSchema } from '../../gateway/kernel/names.ts';
import { UNIT_MAX, UNIT_MIN } from '../../firmware-bridge/modbus-bus/modbus-request.ts';
import { callTemplateSchema } from './call-template.ts';
import type { BoardText } from './display-area.ts';
import { colourSchema, effectSchema, speedSchema } from './kind.ts';
import { boardMapSchema, GB2312, LED_485, type BoardMap } from './modbus-map.ts';
import { textWrites } from './modbus-writes.ts';

const fields = z.strictObject({
  line: nameSchema.describe('name of the line under `lines`; how Modbus is spoken there is said under its `modbus`'),
  unit: z.int().min(UNIT_MIN).max(UNIT_MAX).describe('站号, set at the board; once on each bus'),
  profile: z
    .enum(['led-485', 'gb2312', 'custom'])
    .describe('led-485: seven-segment boards of that name; gb2312: our reference map; custom: `map`'),
  map: boardMapSchema.optional().describe("the vendor's registers, for profile: custom"),
  bytesMax: z
    .int()
    .min(1)
    .max(2_000)
    .optional()
    .describe('bytes that this board shows, if fewer than its profile says'),
  area: nameSchema.default('main').describe('how commands call the one area of the board'),
  colour: colourSchema.default('red'),
  effect: effectSchema.default('static'),
  speed: speedSchema.default(7),
  idleText: z.string().min(1).max(500).optional().describe('shown when nothing else is; absent: dark'),
  callTemplate: callTemplateSchema.unwrap().optional().describe('absent: as for every board; {ticketNumber} for ASCII'),
  pollMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .default(30_000)
    .describe('a board that was not heard for so long is asked whether it is there, when the bus is idle'),
  refreshMs: z.int().min(100).max(60_000).default(1_000).describe('the board is written at most once in this time'),
});

/** Strict; a mistake that spans several keys is told at the one to change. */
export const modbusConfigSchema = fields.superRefine(checkMap).superRefine(checkIdleText);

export type ModbusConfig = z.output<typeof fields>;

const BUILT_IN = { 'led-485': LED_485, gb2312: GB2312 };

/** The map in force. */
export function mapOf({ profile, map, bytesMax }: Pick<ModbusConfig, 'profile' | 'map' | 'bytesMax'>): BoardMap {
  const whole = profile === 'custom' ? (map ?? GB2312) : BUILT_IN[profile];
  return { ...whole, text: { ...whole.text, bytesMax: Math.min(bytesMax ?? Infinity, whole.text.bytesMax) } };
}

/** The words of a call in force. */
export function callTemplateOf(config: ModbusConfig): string {
  if (config.callTemplate !== undefined) return config.callTemplate;
  return mapOf(config).text.charset === 'ascii' ? '{ticketNumber}' : callTemplateSchema.parse(undefined);
}

export function idleTextOf({ idleText, colour, effect, speed }: ModbusConfig): BoardText | undefined {
  return idleText === undefined ? undefined : { text: idleText, colour, effect, speed };
}

function checkMap({ profile, map, bytesMax }: ModbusConfig, context: z.RefinementCtx): void {
  const say = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  if (profile === 'custom' && !map) say('map', 'profile: custom needs the registers of the board under `map`');
  if (profile !== 'custom' && map) say('map', `the profile ${profile} has a map of its own; use profile: custom`);
  const mapBytes = mapOf({ profile, map, bytesMax: undefined }).text.bytesMax;
  if (bytesMax !== undefined && bytesMax > mapBytes) say('bytesMax', `the profile ends at ${mapBytes} bytes`);
}

function checkIdleText(config: ModbusConfig, context: z.RefinementCtx): void {
  if (config.profile === 'custom' && !config.map) return;
  try {
    textWrites(mapOf(config), idleTextOf(config));
  } catch (thrown) {
    context.addIssue({ code: 'custom', path: ['idleText'], message: textOf(thrown) });
  }
}
