/**
 * What an LED board (窗口屏, 综合屏) is to the hall, whatever wire it speaks: areas that show a text until something newer
 * comes or its time is over, and the controller's power, brightness and clock. What a board shows is a state; only what
 * nobody asked for is an event.
 */
import { z } from 'zod';
import { defineKind } from '../../gateway/kernel/kind.ts';
import { nameSchema } from '../../gateway/kernel/names.ts';

export const colourSchema = z.enum(['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']);
export type Colour = z.output<typeof colourSchema>;

export const effectSchema = z
  .enum(['static', 'quick', 'left', 'right', 'up', 'down'])
  .describe('how the text comes: it stands, jumps in, or moves in this direction');
export type Effect = z.output<typeof effectSchema>;

export const SPEED_MAX = 10;
export const speedSchema = z.int().min(1).max(SPEED_MAX).describe('1 slowest, 10 fastest; of moving texts');

const TEXT_MAX = 1_000;
const DAY_SECONDS = 86_400;

const area = nameSchema.describe('name of the area, as in hall.yaml');
const text = z.string().min(1).max(TEXT_MAX);
const instant = z.iso.datetime({ offset: true });
const ticketNumber = z.string().min(1).max(16).describe('票号, as printed on the ticket');
const percent = z.int().min(0).max(100);

/** How and how long a text is shown; absent: as the area's settings say, until something newer comes. */
const manner = {
  area: area.optional().describe('absent: the first area of the board'),
  colour: colourSchema.optional(),
  effect: effectSchema.optional(),
  speed: speedSchema.optional(),
  expiresAt: instant.optional().describe('never shown after this: refused when it is over, taken off when it comes'),
  showSeconds: z.int().min(1).max(DAY_SECONDS).optional().describe('taken off so long after it was shown'),
};

const shownOutput = z.strictObject({
  shown: z.boolean().describe('false: a newer text for the same area came before this one was sent'),
  area,
  text: z.string().describe('the text as it was to be shown'),
  until: instant.optional().describe('when it is taken off'),
});

export const ledBoard = defineKind({
  name: 'led-board',
  title: { en: 'LED board', zh: 'LED 显示屏' },
  state: z.strictObject({
    window: z.string().optional().describe('窗口号'),
    power: z.enum(['on', 'off']).optional().describe('absent while the board has not told'),
    brightness: percent.optional().describe('absent while the board has not told'),
    areas: z
      .array(
        z.strictObject({
          area,
          text: z.string().describe('what the board confirmed last; empty: nothing'),
          until: instant.optional().describe('when it is taken off'),
          confirmed: z
            .boolean()
            .describe('false while the board may show something else (absent, or still to be sent)'),
        }),
      )
      .describe('in the order of hall.yaml'),
    clockDriftSeconds: z.int().optional().describe("the controller's clock minus the gateway's"),
    programs: z.int().nonnegative().optional().describe('programs stored on the controller by other software'),
    faults: z.array(z.string()).describe('codes from docs/errors.md that hold now; empty: none'),
  }),
  stateExample: {
    window: '5',
    power: 'on',
    brightness: 53,
    areas: [{ area: 'main', text: '请A023号到5号窗口办理', until: '2026-06-01T01:02:33.000Z', confirmed: true }],
    clockDriftSeconds: 0,
    programs: 0,
    faults: [],
  },
  events: {
    'board.restarted': {
      summary: 'A board had lost its texts (its power was off, or other software cleared it); they were sent again.',
      class: 'telemetry',
      version: 1,
      data: z.strictObject({
        window: z.string().optional().describe('窗口号'),
        areas: z.array(area).describe('areas whose text was lost'),
      }),
      example: { window: '5', areas: ['main'] },
    },
    'text.expired': {
      summary: 'The time of a text was over, and it was taken off the board.',
      class: 'telemetry',
      version: 1,
      data: z.strictObject({
        window: z.string().optional().describe('窗口号'),
        area,
        text,
        ticketNumber: ticketNumber.optional(),
      }),
      example: { window: '5', area: 'main', text: '请A023号到5号窗口办理', ticketNumber: 'A023' },
    },
  },
  commands: {
    'show-text': {
      summary: 'Shows a text in an area; the newest text of an area wins.',
      input: z.strictObject({ text, ...manner }),
      output: shownOutput,
      example: { text: '暂停服务', colour: 'red', showSeconds: 600 },
      deadlineMs: 10_000,
      besideOthers: true,
    },
    'show-call': {
      summary: "Shows the call of a ticket, in the words of the board's template.",
      input: z.strictObject({
        ticketNumber,
        window: z.string().min(1).max(16).optional().describe("窗口号; absent: the board's own window"),
        businessType: z.string().min(1).max(64).optional().describe('业务类型, for templates that name it'),
        ...manner,
      }),
      output: shownOutput,
      example: { ticketNumber: 'A023', window: '5', showSeconds: 60 },
      deadlineMs: 10_000,
      besideOthers: true,
    },
    clear: {
      summary: 'Takes the text off an area, or off all; its idle text comes back, if it has one.',
      input: z.strictObject({ area: area.optional().describe('absent: every area') }),
      output: z.strictObject({}),
      example: {},
      deadlineMs: 10_000,
      besideOthers: true,
    },
    'set-brightness': {
      summary: 'Sets the brightness.',
      input: z.strictObject({ percent }),
      output: z.strictObject({ percent: percent.describe("the board's nearest step") }),
      example: { percent: 60 },
      deadlineMs: 10_000,
    },
    'set-power': {
      summary: 'Switches the lamps of the board on or off; the controller stays on.',
      input: z.strictObject({ power: z.enum(['on', 'off']) }),
      output: z.strictObject({}),
      example: { power: 'off' },
      deadlineMs: 10_000,
    },
    'set-time': {
      summary: "Sets the controller's clock to the gateway's.",
      input: z.strictObject({}),
      output: z.strictObject({ time: instant }),
      example: {},
      deadlineMs: 10_000,
    },
  },
});

export type LedBoard = typeof ledBoard;
