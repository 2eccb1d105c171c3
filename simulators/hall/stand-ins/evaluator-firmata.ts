/**
 * Evaluators of hall.yaml on hall boards. The board stores a press before it says so: whether the gateway listens or not, every
 * stored press becomes a mark. Only one that comes soon after another may belong to the same evaluation.
 */
import { z } from 'zod';
import type { DeviceEntry } from '../hall-file.ts';
import type { Front, Ground, Hand, StandInMaker } from '../stand-in.ts';
import { startChipBoard } from './chip-board.ts';
import { fingerAt, standUpBoards, startScripted, type BoardStart, type TouchedBoard } from './hall-board.ts';

const SUBMITTED = 'hall.evaluation.submitted.v1';
/** The gateway may hear two presses closer together than they were. */
const MARGIN_MS = 3_000;

const keysSchema = z.looseObject({
  keyMap: z.record(z.string(), z.number()).default({ 1: 1, 2: 2, 3: 3, 4: 4, 5: 5 }),
  sameEvaluationMs: z.number().default(10_000),
});

/** The first runs the shipped firmware; a second one would show nothing more, and cost as much again. */
const startEvaluator = (options: BoardStart, index: number): Promise<TouchedBoard> =>
  index === 0 ? startChipBoard(options) : startScripted(options);

function evaluator(entry: DeviceEntry, board: TouchedBoard, ground: Ground): Front {
  const { sameEvaluationMs } = keysSchema.parse(entry);
  const press = fingerAt(entry, board);
  let lastMs = -Infinity;
  const rate: Hand = {
    summary: { en: 'a citizen gives a mark', zh: '群众评价' },
    input: { level: 5 },
    async act({ level }) {
      const key = keyOf(entry, Number(level));
      if (key === undefined) throw new Error(`${entry.id} has no key for level ${String(level)}`);
      const { certain } = await press(key, ({ certain, atMs }) => {
        const own = atMs - lastMs > sameEvaluationMs + MARGIN_MS;
        lastMs = atMs;
        const data = { level: Number(level) };
        const happening = { device: entry.id, kind: entry.kind, atMs: Date.now(), what: SUBMITTED, data };
        ground.onHappening(certain && own ? happening : { ...happening, maybe: true });
      });
      return { outcome: certain ? 'stored' : 'doubtful' };
    },
  };
  return { speaks: [SUBMITTED], hands: { rate } };
}

export const evaluatorFirmata: StandInMaker = {
  kind: 'evaluator',
  wire: 'firmata',
  standUp: standUpBoards({ profile: 'evaluator', start: startEvaluator, use: evaluator }),
};

function keyOf(entry: DeviceEntry, level: number): number | undefined {
  const found = Object.entries(keysSchema.parse(entry).keyMap).find(([, means]) => means === level);
  return found && Number(found[0]);
}
