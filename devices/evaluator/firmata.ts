/**
 * Evaluators on a microcontroller (docs/firmware.md): five keys, a lamp beside each, a buzzer. The board keeps presses until they are
 * on disk here and thanks the citizen only then; with stock firmware it does neither.
 *
 * Promises: a press that the board stored is one event, in order, however often power or line fail; a time-out is "not rated".
 */
import { z } from 'zod';
import { defineDriver, type CommandHandlers } from '../../gateway/kernel/driver.ts';
import { boardSettings, stockSettings } from '../../firmware-bridge/firmata/board-settings.ts';
import { openHallBoard, type HallBoard } from '../../firmware-bridge/firmata/hall-board.ts';
import { BEEP, DARK, STEADY } from '../../firmware-bridge/firmata/output-patterns.ts';
import { keyedEvaluationSettings } from './evaluation-settings.ts';
import { evaluations, type Evaluations } from './evaluations.ts';
import { FIRMATA_CURSOR, firmataMemoryFrom } from './firmata-memory.ts';
import { firmataPresses } from './firmata-presses.ts';
import { evaluator, levelSchema, type Evaluator, type Level } from './kind.ts';
import { openNotebook } from './notebook.ts';

const keyNumber = z.string().regex(/^[1-8]$/, 'use the number of the key on the board, 1 to 8');

const config = z.strictObject({
  ...boardSettings,
  ...stockSettings,
  keyMap: z
    .record(keyNumber, levelSchema)
    .default({ 1: 1, 2: 2, 3: 3, 4: 4, 5: 5 })
    .describe('key of the board -> level 1 to 5'),
  ...keyedEvaluationSettings,
});

type Config = z.output<typeof config>;

export const firmata = defineDriver({
  kind: evaluator,
  wire: 'firmata',
  config,
  example: { line: 'board-5' },
  address: ({ line }) => line,
  commands: ['start-evaluation', 'cancel-evaluation', 'beep'],
  async run(settings, hall) {
    const notebook = await openNotebook(hall, FIRMATA_CURSOR, firmataMemoryFrom);
    if (hall.signal.aborted) return;
    const levels = new Map(Object.entries(settings.keyMap).map(([key, level]) => [Number(key), level]));
    const isOpen = () => notebook.memory.evaluation !== undefined;
    let lastLevel: Level | undefined;
    const tell = () => {
      const window = hall.window === undefined ? {} : { window: hall.window };
      if (!hall.signal.aborted) hall.state({ ...window, ...(lastLevel && { lastLevel }), evaluating: isOpen() });
    };
    const session = evaluations({
      hall,
      notebook,
      levelsOffered: [...new Set(levels.values())].sort((one, other) => one - other),
      sameEvaluationMs: settings.sameEvaluationMs,
      onChange() {
        tell();
        if (!isOpen()) lights.out();
      },
    });
    const board = openHallBoard({
      settings,
      profile: 'evaluator',
      hall,
      position: notebook.memory.position,
      onPress: firmataPresses({
        hall,
        notebook,
        evaluations: session,
        levels,
        onLevel(level) {
          lastLevel = level;
          tell();
        },
      }),
      async onPosition(position) {
        notebook.change({ position });
        await notebook.record([]);
      },
      onUp() {
        if (isOpen()) void lights.on().catch(() => undefined);
      },
    });
    const lights = keyLights(board, [...levels.keys()]);
    tell();
    session.resume();
    hall.serve(commands(settings, board, session, { lights, record: (happened) => notebook.record(happened) }));
    await board.ended;
    session.stop();
  },
});

interface Lights {
  /** Lights the keys; rejects when the board does not confirm. */
  on(): Promise<void>;
  /** Puts them out, as far as the board is there. The board itself puts out the lamp of a key that was pressed. */
  out(): void;
}

function keyLights(board: HallBoard, keys: readonly number[]): Lights {
  let lit = false;
  const set = async (pattern: typeof STEADY) => {
    for (const key of keys) await board.output(key, pattern);
  };
  return {
    async on() {
      lit = true;
      await set(STEADY);
    },
    out() {
      if (lit) set(DARK).catch(() => undefined);
      lit = false;
    },
  };
}

interface Means {
  lights: Lights;
  record: (happened: ReturnType<Evaluations['cancel']>) => Promise<unknown>;
}

function commands(
  { evaluationTimeoutSeconds }: Config,
  board: HallBoard,
  session: Evaluations,
  { lights, record }: Means,
): CommandHandlers<Evaluator> {
  return {
    async 'start-evaluation'({ ticketNumber, visitId, timeoutSeconds = evaluationTimeoutSeconds }) {
      await session.begin({ ticketNumber, visitId }, timeoutSeconds, async () => {
        await lights.on();
        await board.output(0, BEEP);
      });
      return { timeoutSeconds };
    },
    async 'cancel-evaluation'() {
      const happened = session.cancel();
      if (happened.length > 0) await record(happened);
      return { cancelled: happened.length > 0 };
    },
    async beep() {
      await board.output(0, BEEP);
      return {};
    },
  };
}
