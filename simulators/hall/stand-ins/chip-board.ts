/**
 * A hall board on which the shipped firmware runs, on an emulated chip, as a stand-in uses it. Such a board does not say how full
 * its memory is to anybody but the gateway: so its heartbeats are read on the way, and what came to rest since is counted.
 */
import { startBoard, type SimulatedBoard } from '../../board/board.ts';
import { STORED_WITHIN_MS } from '../../board/edge-truth.ts';
import type { BoardProfile } from '../../board/fitting.ts';
import { frameOf, sysexReader } from '../../board/wire-codec.ts';
import type { LinePort } from '../../kit/line-peer.ts';

export interface ChipBoardOptions {
  port: LinePort;
  profile: BoardProfile;
  serial: string;
  seed: number;
}

export interface ChipBoard extends Omit<SimulatedBoard, 'hold' | 'release'> {
  hold(key: number): void;
  release(key: number): void;
  /** So many more edges can be stored, at the least, before the oldest is pushed out. */
  roomLeft(): number;
}

const HEARTBEAT = 8;
/** Behind uptime and newest number, five septets each. */
const WAITING_AT = 10;
/** As in docs/firmware.md. */
const WAITING_MAX = 56;
/** A board is ready when its program has run for so long. */
const START_MS = 100;
/** Real keys bounce. */
const BOUNCE_MS = 4;

/** Starts the board, switched on, plugged in and ready. */
export async function startChipBoard(options: ChipBoardOptions): Promise<ChipBoard> {
  let waiting = 0;
  let sinceMs: number[] = [];
  const onSaid = sysexReader((body) => {
    const frame = frameOf(body);
    if (frame?.command !== HEARTBEAT) return;
    waiting = frame.payload[WAITING_AT] ?? 0;
    // It may not yet count what came to rest just now.
    sinceMs = sinceMs.filter((atMs) => board.nowMs() - atMs < STORED_WITHIN_MS);
  });
  const board = await startBoard({ ...options, onSaid });
  board.advance(START_MS);
  const moved = () => void sinceMs.push(board.nowMs() + BOUNCE_MS);
  return {
    ...board,
    hold(key) {
      board.hold(key, BOUNCE_MS);
      moved();
    },
    release(key) {
      board.release(key, BOUNCE_MS);
      moved();
    },
    roomLeft: () => WAITING_MAX - waiting - sinceMs.length,
  };
}
