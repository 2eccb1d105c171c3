/**
 * A window display on a hall board (docs/firmware.md): a chain of MAX7219 with digits or 8x8 matrices, at most eight characters
 * in one colour that stand still. What it cannot show is refused with the place.
 *
 * Promises: a command is done when the board confirmed it; the newest text wins; a board that was off gets its text again.
 */
import { z } from 'zod';
import { defineDriver, type Hall } from '../../gateway/kernel/driver.ts';
import { nameSchema } from '../../gateway/kernel/names.ts';
import { boardSettings } from '../../firmware-bridge/firmata/board-settings.ts';
import { openHallBoard } from '../../firmware-bridge/firmata/hall-board.ts';
import { boardReport } from './board-report.ts';
import { callTemplateSchema } from './call-template.ts';
import { displayCommands } from './display-commands.ts';
import { displayDesk } from './display-desk.ts';
import { checkShowable, type Places } from './firmata-text.ts';
import { colourSchema, ledBoard, type LedBoard } from './kind.ts';

const BRIGHTNESS_STEPS = 15;

const fields = z.strictObject({
  ...boardSettings,
  display: z.enum(['matrix', 'digits']).default('matrix').describe('8x8 matrices, or seven-segment digits'),
  characters: z.int().min(1).max(8).default(4).describe('places of the display'),
  area: nameSchema.default('main').describe('how commands call the one area of the board'),
  colour: colourSchema.default('red').describe('of its lamps; another one is refused'),
  idleText: z.string().min(1).max(16).optional().describe('shown when nothing else is; absent: dark'),
  callTemplate: callTemplateSchema.unwrap().default('{ticketNumber}').describe('words of show-call'),
  refreshMs: z.int().min(100).max(60_000).default(200).describe('the board is written at most once in this time'),
});

const config = fields.superRefine((settings, context) => {
  if (settings.idleText === undefined) return;
  try {
    checkShowable(settings.idleText, settings);
  } catch (thrown) {
    context.addIssue({ code: 'custom', path: ['idleText'], message: thrown instanceof Error ? thrown.message : '' });
  }
});

export const firmata = defineDriver({
  kind: ledBoard,
  wire: 'firmata',
  config,
  example: { line: 'display-5', display: 'digits', characters: 8 },
  address: ({ line }) => line,
  commands: ['show-text', 'show-call', 'clear', 'set-brightness'],
  async run(settings, hall) {
    const { area, colour, display, refreshMs, idleText, callTemplate } = settings;
    const manner = { colour, effect: 'static', speed: 1 } as const;
    const desk = displayDesk({
      areas: new Map([[area, { idle: idleText === undefined ? undefined : { ...manner, text: idleText } }]]),
      write: async (_area, take) => board.display({ what: display, text: take().text?.text ?? '' }),
      refreshMs,
      clock: hall.clock,
      onChange: () => report.tell(),
      onExpired: (name, text) => report.expired(name, text),
    });
    const report = boardReport(hall, () => desk.shown());
    const restoration = restorer(hall, desk, report);
    let brightness: number | undefined;
    const board = openHallBoard({
      settings,
      profile: 'window-display',
      hall,
      position: undefined,
      onUp(greeted) {
        restoration.up(greeted?.status.uptimeMs ?? 0);
        if (brightness !== undefined) board.display({ what: 'brightness', level: brightness }).catch(() => undefined);
      },
      onDown: () => restoration.down(),
    });
    hall.serve({
      ...displayCommands({
        hall,
        desk,
        areas: new Map([[area, manner]]),
        callTemplate,
        fits: (_area, wanted) => checkShowable(wanted.text, placesOf(settings), wanted, manner),
      }),
      async 'set-brightness'({ percent }) {
        const level = Math.round((percent / 100) * BRIGHTNESS_STEPS);
        await board.display({ what: 'brightness', level });
        brightness = level;
        const told = Math.round((level / BRIGHTNESS_STEPS) * 100);
        report.changed({ brightness: told });
        return { percent: told };
      },
    });
    report.tell();
    await board.ended;
    desk.stop();
  },
});

function placesOf({ display, characters }: z.output<typeof fields>): Places {
  return { display, characters };
}

/** Puts back what the board lost, and says so when it was restarted in between. */
function restorer(
  hall: Hall<LedBoard>,
  desk: ReturnType<typeof displayDesk>,
  report: ReturnType<typeof boardReport>,
): { up(uptimeMs: number): void; down(): void } {
  let greetedMs: number | undefined;
  let standing: string[] = [];
  const restore = async (restarted: boolean) => {
    const lost = standing;
    desk.doubt();
    await desk.restore();
    if (!desk.shown().every(({ confirmed }) => confirmed) || hall.signal.aborted) return;
    standing = [];
    if (restarted && lost.length > 0) report.restarted(lost);
  };
  const keepStanding = () => {
    const confirmed = desk.shown().flatMap(({ area, confirmed: shown }) => (shown ? [area] : []));
    if (confirmed.length > 0) standing = confirmed;
  };
  return {
    up(uptimeMs) {
      const restarted = greetedMs !== undefined && uptimeMs < hall.clock.monotonicMs() - greetedMs;
      greetedMs = hall.clock.monotonicMs();
      keepStanding();
      void restore(restarted);
    },
    down() {
      keepStanding();
      desk.doubt();
    },
  };
}
