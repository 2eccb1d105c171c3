/**
 * From a key of a hall board to a mark. The board keeps presses while nobody listens, so one may be minutes old: it belongs to
 * the evaluation that was open when it was pressed, never to one that was begun later.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import type { BoardPress } from '../../firmware-bridge/firmata/hall-board.ts';
import type { Position } from '../../firmware-bridge/firmata/board-position.ts';
import type { Evaluations } from './evaluations.ts';
import type { FirmataMemory } from './firmata-memory.ts';
import type { Evaluator, Level } from './kind.ts';
import type { Notebook } from './notebook.ts';
import { submitted } from './occurrences.ts';
import { ageMs } from './stamp.ts';

export interface FirmataPressOptions {
  hall: Hall<Evaluator>;
  notebook: Notebook<FirmataMemory>;
  evaluations: Evaluations;
  levels: ReadonlyMap<number, Level>;
  onLevel: (level: Level, key: number) => void;
}

/** A press that was heard within this time is stamped when it is recorded, as on every other wire. */
const FRESH_MS = 2_000;

/** Records a press and how far the board was read, all or none; resolves when it is durable. */
export function firmataPresses(options: FirmataPressOptions) {
  const { hall, notebook, evaluations, levels } = options;
  const offered = [...new Set(levels.values())].sort((one, other) => one - other);
  const meaningless = new Set<number>();

  const occurrencesOf = (level: Level, press: BoardPress): Occurrence[] => {
    const { evaluation } = notebook.memory;
    const openMs = evaluation && ageMs(evaluation.begun, hall.clock);
    const isEarlier = press.ageMs === undefined || (openMs !== undefined && press.ageMs > openMs);
    if (isEarlier) return [submitted(hall.window, { level, levelsOffered: offered }, undefined)];
    return evaluations.isDecided(press.ageMs) ? [] : evaluations.decide(level, press.ageMs);
  };
  const named = (occurrence: Occurrence, { naturalKey, ageMs: pressedMs = 0 }: BoardPress): Occurrence => {
    const key = occurrence.naturalKey ?? naturalKey;
    const known = pressedMs > FRESH_MS && hall.clock.synced();
    return {
      ...occurrence,
      ...(key !== undefined && { naturalKey: key }),
      ...(known && { deviceTimeMs: hall.clock.now() - pressedMs }),
    };
  };
  return async (press: BoardPress, position: Position | undefined): Promise<void> => {
    const before = notebook.memory;
    const level = levels.get(press.key);
    if (level === undefined && !meaningless.has(press.key)) {
      meaningless.add(press.key);
      hall.log.error('key.unknown', unknownKey(press.key));
    }
    const occurrences = level === undefined ? [] : occurrencesOf(level, press).map((each) => named(each, press));
    notebook.change({ position });
    try {
      await notebook.record(occurrences);
    } catch (thrown) {
      // It stays in the board: everything as before, so that it is taken afresh.
      const { evaluation, decided } = before;
      notebook.change({ position: before.position, evaluation, decided });
      evaluations.resume();
      throw thrown;
    }
    if (level !== undefined && occurrences.length > 0) options.onLevel(level, press.key);
  };
}

function unknownKey(key: number): HallError {
  return new HallError('evaluator.key-unknown', {
    message: `The evaluator sent key ${key}, which its key map does not have.`,
    facts: { key },
  });
}
