/**
 * Hall boards of hall.yaml, one on each line: what an evaluator, a display and a panel have in common. They are scripted, for
 * three emulated chips cost a fifth of a processor while nobody touches them.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoardProfile } from '../../board/fitting.ts';
import { startScriptedBoard, type ScriptedBoard } from '../../board/scripted-board.ts';
import type { TrueEdge } from '../../board/edge-truth.ts';
import type { LinePort } from '../../kit/line-peer.ts';
import { lineOf, type DeviceEntry } from '../hall-file.ts';
import type { Ground, StandIn, StandInMaker } from '../stand-in.ts';

/** What a device of one kind makes of its board. */
export type BoardUse = (entry: DeviceEntry, board: ScriptedBoard, ground: Ground) => Omit<StandIn, 'entry' | Cable>;
type Cable = 'pullCable' | 'plugIn';

const HELD_MS = 60;
/** A press is two edges. */
const EDGES_PER_PRESS = 2;

/** Stands up a board of this profile for every entry. */
export function standUpBoards(profile: BoardProfile, use: BoardUse): StandInMaker['standUp'] {
  return async (entries, ground) => {
    const stood = await Promise.all(
      entries.map(async (entry) => ({ entry, board: await startFor(entry, profile, ground) })),
    );
    return {
      devices: stood.map(({ entry, board }) => ({
        ...use(entry, board, ground),
        entry,
        pullCable: () => board.pullCable(),
        plugIn: () => board.plugIn(),
      })),
      async close() {
        await Promise.all(stood.map(({ board }) => board.close()));
      },
    };
  };
}

async function startFor(entry: DeviceEntry, profile: BoardProfile, { file, random }: Ground): Promise<ScriptedBoard> {
  const { line } = lineOf(file, entry);
  const port: LinePort =
    line.type === 'serial' ? { type: 'pty', path: line.path } : { type: 'tcp', host: line.host, port: line.port };
  return startScriptedBoard({ port, profile, serial: newSerial(), seed: random.int(1, 2 ** 31) });
}

/** The numbers of its records begin anew with every run, so it must not be taken for the board of the run before. */
function newSerial(): string {
  return `SIM-${randomBytes(5).toString('hex')}`;
}

/** Presses and lets go; `onStored` hears of the press at once when the board has stored it. */
export type PressKey = (key: number, onStored: (edge: TrueEdge) => void) => Promise<void>;

/**
 * One finger at the keys of a board, so that every press is one of its own. It refuses a press with an Error in words when
 * the board would have to push out an older one that the gateway has not taken yet.
 */
export function fingerAt({ id }: DeviceEntry, board: ScriptedBoard): PressKey {
  let before: Promise<unknown> = Promise.resolve();
  const press: PressKey = async (key, onStored) => {
    refuseWhenFull(id, board, EDGES_PER_PRESS);
    const stop = board.onTruth((edge) => {
      if (edge.key === key && edge.edge === 'pressed') onStored(edge);
    });
    board.hold(key);
    stop();
    await sleep(HELD_MS);
    board.release(key);
  };
  return (key, onStored) => {
    const turn = before.then(() => press(key, onStored));
    before = turn.catch(() => undefined);
    return turn;
  };
}

/** @throws Error in words when the board has no room for so many edges. */
export function refuseWhenFull(id: string, board: ScriptedBoard, edges = 1): void {
  if (board.roomLeft() < edges) throw new Error(`${id}: the board's memory is full until the gateway has read it`);
}
