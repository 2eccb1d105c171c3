/**
 * What hall.yaml says about a board with an Onbon BX-5K/6K text card.
 */
import { z } from 'zod';
import { textOf } from '../../gateway/kernel/errors.ts';
import { nameSchema } from '../../gateway/kernel/names.ts';
import { callTemplateSchema } from './call-template.ts';
import { colourSchema, effectSchema, speedSchema } from './kind.ts';
import { ANY_CARD } from './onbon-bx-frame.ts';
import { AREA_HEAD, encodeText, type TextLimits } from './onbon-bx-text.ts';

/** Limits of the card families (v1.4, sections 2.1, 5.1.3 and 8.2.1). */
const FAMILIES = {
  '5k': { areasMax: 8, bytes: 512 },
  '6k': { areasMax: 5, bytes: 1_024 },
} as const;

const PIXELS_MAX = 4_096;
const font = (first: string) => z.string().regex(/^[OEK]\d{3}$/, `use a font file of the card such as ${first}`);

const areaSchema = z.strictObject({
  name: nameSchema.describe('how commands call it'),
  x: z.int().min(0).max(PIXELS_MAX).default(0).describe('pixels from the left'),
  y: z.int().min(0).max(PIXELS_MAX).default(0).describe('pixels from the top'),
  width: z.int().min(8).max(PIXELS_MAX),
  height: z.int().min(8).max(PIXELS_MAX),
  fonts: z
    .strictObject({ chinese: font('O000').default('O000'), latin: font('E000').default('E000') })
    .prefault({})
    .describe('font files on the card: O000 and E000 16 dots, O001 and E001 24, O002 and E002 32; both of one height'),
  colour: colourSchema.default('red'),
  effect: effectSchema.default('static'),
  speed: speedSchema.default(7),
  staySeconds: z.int().min(0).max(127).default(5).describe('how long a page of a long text stands'),
  lineGap: z.int().min(0).max(255).default(0).describe('pixels between lines'),
  align: z.enum(['left', 'centre', 'right']).default('centre'),
  verticalAlign: z.enum(['top', 'centre', 'bottom']).default('centre'),
  idleText: z.string().min(1).max(500).optional().describe('shown when nothing else is; absent: dark'),
});

export type BxArea = z.output<typeof areaSchema>;

const fields = z.strictObject({
  host: z.string().min(1).optional().describe('address of a card on the network; or `line`'),
  port: z.int().min(1).max(65_535).default(5005),
  line: nameSchema.optional().describe('name of the serial line under `lines`; or `host`'),
  address: z
    .int()
    .min(1)
    .max(ANY_CARD)
    .default(ANY_CARD)
    .describe('屏号, set at the card; 65534 reaches any card and is only for lines with one'),
  family: z.enum(['5k', '6k']).default('6k').describe('BX-5K cards take half as much at once'),
  hasSpecialArea: z.boolean().default(true).describe('false for BX-5K1, whose status is two bytes shorter'),
  bufferBytes: z.int().min(64).max(1_024).optional().describe('receive buffer; absent: 512 (5k) or 1024 (6k)'),
  areaBytes: z.int().min(64).max(1_024).optional().describe('memory of an area; absent: 512 (5k) or 1024 (6k)'),
  charset: z.enum(['gb2312', 'gbk']).default('gb2312').describe('characters that the fonts on the card have'),
  areas: z.array(areaSchema).min(1).max(FAMILIES['5k'].areasMax),
  callTemplate: callTemplateSchema,
  pollMs: z.int().min(100).max(3_600_000).default(30_000).describe('how often the card is asked for its status'),
  replyTimeoutMs: z.int().min(50).max(30_000).default(2_000),
  refreshMs: z.int().min(100).max(60_000).default(1_000).describe('an area is written at most once in this time'),
  connectTimeoutMs: z.int().min(100).max(60_000).default(5_000),
});

/** Strict; a mistake that spans several keys is told at the one to change. */
export const bxConfigSchema = fields.superRefine(checkPlace).superRefine(checkAreas);

export type BxConfig = z.output<typeof fields>;

/** Bytes of a request with one area in front of the area. */
const REQUEST_HEAD = 9;

/** What a text must fit into: the card's receive buffer and the area's memory both bind. */
export function textLimits(config: Pick<BxConfig, 'family' | 'bufferBytes' | 'areaBytes' | 'charset'>): TextLimits {
  const { bytes } = FAMILIES[config.family];
  const { bufferBytes = bytes, areaBytes = bytes, charset } = config;
  return { charset, bytesMax: Math.min(bufferBytes - REQUEST_HEAD, areaBytes) - AREA_HEAD };
}

function checkPlace({ host, line, address }: BxConfig, context: z.RefinementCtx): void {
  const say = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  if (host === undefined && line === undefined) say('host', 'give `host` of a card on the network, or a `line`');
  if (host !== undefined && line !== undefined) say('line', 'give either `host` or `line`');
  if (address > 0x7fff && address !== ANY_CARD) say('address', 'use 1 to 32767, or 65534 for a line with one card');
}

function checkAreas(config: BxConfig, context: z.RefinementCtx): void {
  const { areas, family } = config;
  const { areasMax } = FAMILIES[family];
  const say = (index: number, key: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['areas', index, key], message });
  for (const [index, area] of areas.entries()) {
    const earlier = areas.slice(0, index);
    if (index >= areasMax) say(index, 'name', `a card of the family ${family} has ${areasMax} areas`);
    if (earlier.some(({ name }) => name === area.name)) say(index, 'name', 'another area has this name');
    const hit = earlier.find((other) => overlap(other, area));
    if (hit) say(index, 'x', `it overlaps the area "${hit.name}", which the card does not allow`);
    if (area.fonts.chinese.at(-1) !== area.fonts.latin.at(-1)) say(index, 'fonts', 'both fonts must be of one height');
    const trouble = idleTrouble(area, config);
    if (trouble !== undefined) say(index, 'idleText', trouble);
  }
}

function idleTrouble(area: BxArea, config: BxConfig): string | undefined {
  try {
    if (area.idleText !== undefined) encodeText(area.idleText, area.colour, area, textLimits(config));
    return undefined;
  } catch (thrown) {
    return textOf(thrown);
  }
}

function overlap(one: BxArea, two: BxArea): boolean {
  return (
    one.x < two.x + two.width && two.x < one.x + one.width && one.y < two.y + two.height && two.y < one.y + one.height
  );
}
