/**
 * What the registers of a Modbus board in hall.yaml mean: a board of a known profile, or one built after its own `map`.
 */
import { z } from 'zod';
import { GB2312_REFERENCE, LED_485, type BoardMap } from '../../led-board/modbus-maps.ts';
import type { DeviceEntry } from '../hall-file.ts';

const part = z.looseObject({ register: z.int() });
const named = z.looseObject({ register: z.int(), values: z.record(z.string(), z.int()) });

/** As the page of Modbus boards in docs/devices describes it. */
const mapSchema = z.looseObject({
  text: z.looseObject({
    start: z.int(),
    bytesMax: z.int(),
    charset: z.enum(['ascii', 'gb2312', 'gbk']).default('gb2312'),
    byteOrder: z.enum(['high-first', 'low-first']).default('high-first'),
  }),
  lengthRegister: z.int().optional(),
  control: z.looseObject({ register: z.int(), show: z.int(), clear: z.int().optional() }).optional(),
  colour: named.optional(),
  effect: named.optional(),
  speed: part.optional(),
  brightness: z.looseObject({ register: z.int(), darkest: z.int(), brightest: z.int() }).optional(),
  power: part.optional(),
  clock: z.looseObject({ start: z.int() }).optional(),
  presence: part.optional(),
});
type WrittenMap = z.output<typeof mapSchema>;

/** @throws ZodError for a map without what a board cannot be built without. */
export function boardMapOf({ id, profile, map }: DeviceEntry): BoardMap {
  if (profile === 'led-485') return LED_485;
  return profile === 'custom' ? builtAfter(mapSchema.parse(map), `map of ${id}`) : GB2312_REFERENCE;
}

function builtAfter(written: WrittenMap, name: string): BoardMap {
  const { text, lengthRegister, control, colour, effect, speed, brightness, power, clock, presence } = written;
  const others = [speed?.register, presence?.register].filter((register) => register !== undefined);
  return {
    name,
    text: {
      start: text.start,
      registers: Math.ceil(text.bytesMax / 2),
      encoding: text.charset === 'ascii' ? 'ascii' : 'gbk',
      lowByteFirst: text.byteOrder === 'low-first',
    },
    others,
    functions: [3, 4, 6, 16],
    ...(control && { control: { ...control, clear: control.clear ?? -1 } }),
    ...(lengthRegister !== undefined && { length: lengthRegister }),
    ...(colour && { colour: { register: colour.register, names: namesOf(colour.values) } }),
    ...(effect && { effect: { register: effect.register, names: namesOf(effect.values) } }),
    ...(brightness && { brightness: { register: brightness.register, max: brightestOf(brightness) } }),
    ...(power && { power: { register: power.register } }),
    ...(clock && { clock: { start: clock.start } }),
  };
}

function brightestOf({ darkest, brightest }: { darkest: number; brightest: number }): number {
  return Math.max(darkest, brightest);
}

/** `{red: 1, green: 2}` as a list in which each name stands at its number. */
function namesOf(values: Readonly<Record<string, number>>): string[] {
  const names = new Array<string>(Math.max(0, ...Object.values(values)) + 1).fill('');
  for (const [name, value] of Object.entries(values)) names[value] = name;
  return names;
}
