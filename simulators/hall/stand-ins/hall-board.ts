/**
 * Hall boards of hall.yaml, one on each line: what an evaluator, a display and a panel have in common. The first evaluator is the
 * shipped firmware on an emulated chip, all others are scripted: a chip costs 5 % of a processor while nobody touches it.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoardProfile } from '../../board/fitting.ts';
import { startScriptedBoard, type ScriptedBoard } from '../../board/scripted-board.ts';
import type { TrueEdge } from '../../board/edge-truth.ts';
import type { LinePort } from '../../kit/line-peer.ts';
import { lineOf, type DeviceEntry } from '../hall-file.ts';
import type { Front, Ground, Hand, StandInMaker } from '../stand-in.ts';

/** What people and the truth need of a board, be it emulated or scripted. */
export type TouchedBoard = Pick<
  ScriptedBoard,
  'hold' | 'release' | 'cutPower' | 'powerOn' | 'powered' | 'roomLeft' | 'onTruth' | 'pullCable' | 'plugIn' | 'close'
>;

export interface BoardStart {
  port: LinePort;
  profile: BoardProfile;
  serial: string;
  seed: number;
}

export interface BoardsOptions<Board extends TouchedBoard> {
  profile: BoardProfile;
  /** Starts the board of the entry with this place in the file, among those of its kind and wire. */
  start: (options: BoardStart, index: number) => Promise<Board>;
  /** What a device of this kind makes of its board. */
  use: (entry: DeviceEntry, board: Board, ground: Ground) => Front;
}

const HELD_MS = 60;
/** The same key again is another press for the firmware. */
const LET_GO_MS = 20;
/** A press is two edges. */
const EDGES_PER_PRESS = 2;

/** Stands up a board for every entry. */
export function standUpBoards<Board extends TouchedBoard>(options: BoardsOptions<Board>): StandInMaker['standUp'] {
  const { profile, start, use } = options;
  return async (entries, ground) => {
    const stood = await Promise.all(
      entries.map(async (entry, index) => ({
        entry,
        board: await start({ profile, port: portOn(entry, ground), ...newBoard(ground) }, index),
      })),
    );
    return {
      devices: stood.map(({ entry, board }) => {
        const used = use(entry, board, ground);
        return {
          ...used,
          hands: { ...used.hands, ...powerHands(board) },
          entry,
          pullCable: () => board.pullCable(),
          plugIn: () => board.plugIn(),
        };
      }),
      async close() {
        await Promise.all(stood.map(({ board }) => board.close()));
      },
    };
  };
}

export const startScripted = (options: BoardStart): Promise<ScriptedBoard> => startScriptedBoard(options);

/** The port at the other end of the line that an entry, or this part of it, names. */
export function portOn(entry: DeviceEntry, { file }: Pick<Ground, 'file'>, part: object = {}): LinePort {
  const { line } = lineOf(file, { ...entry, ...part });
  return line.type === 'serial' ? { type: 'pty', path: line.path } : { type: 'tcp', host: line.host, port: line.port };
}

/** The numbers of its records begin anew with every run, so it must not be taken for the board of the run before. */
export function newBoard({ random }: Pick<Ground, 'random'>): { serial: string; seed: number } {
  return { serial: `SIM-${randomBytes(5).toString('hex')}`, seed: random.int(1, 2 ** 31) };
}

function powerHands(board: TouchedBoard): Record<'power-off' | 'power-on', Hand> {
  return {
    'power-off': {
      summary: { en: 'the board loses its power', zh: '断电' },
      act() {
        board.cutPower();
      },
    },
    'power-on': {
      summary: { en: 'the board has its power again', zh: '上电' },
      act() {
        board.powerOn();
      },
    },
  };
}

/** Presses and lets go; `onStored` hears of the press as soon as it is known whether the board has stored it. */
export type PressKey = (key: number, onStored: (edge: TrueEdge) => void) => Promise<TrueEdge>;

/**
 * One finger at the keys of a board, so that every press is one of its own. It refuses a press with an Error in words when
 * the board is dark, or would have to push out an older one that the gateway has not taken yet.
 */
export function fingerAt({ id }: DeviceEntry, board: TouchedBoard): PressKey {
  let before: Promise<unknown> = Promise.resolve();
  const press: PressKey = async (key, onStored) => {
    refuseUnlessReady(id, board, EDGES_PER_PRESS);
    const known = nextPress(board, key);
    const told = known.then(onStored);
    board.hold(key);
    await sleep(HELD_MS);
    board.release(key);
    await sleep(LET_GO_MS);
    await told;
    return known;
  };
  return (key, onStored) => {
    const turn = before.then(() => press(key, onStored));
    before = turn.catch(() => undefined);
    return turn;
  };
}

/** The next press of this key, as soon as the board knows what became of it. */
function nextPress(board: TouchedBoard, key: number): Promise<TrueEdge> {
  return new Promise((resolve) => {
    const stop = board.onTruth((edge) => {
      if (edge.key !== key || edge.edge !== 'pressed') return;
      stop();
      resolve(edge);
    });
  });
}

/** @throws Error in words when the board is dark, or has no room for so many edges. */
export function refuseUnlessReady(id: string, board: Pick<TouchedBoard, 'powered' | 'roomLeft'>, edges = 1): void {
  if (!board.powered()) throw new Error(`${id}: the board has no power`);
  if (board.roomLeft() < edges) throw new Error(`${id}: the board's memory is full until the gateway has read it`);
}
