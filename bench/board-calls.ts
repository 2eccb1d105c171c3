/**
 * From a call at the centre to the board: `show-call` is sent to the boards in random order, again and again, and the time runs until the last byte
 * of what changed the board was on its wire. Both ends read the same clock of this machine.
 */
import { startCommandSender } from '../simulators/central/command-sender.ts';
import type { Random } from '../simulators/kit/random.ts';
import { sleep } from '../gateway/kernel/waiting.ts';
import type { WholeHall } from './whole-hall.ts';

export interface BoardCallsOptions {
  hall: WholeHall;
  boards: readonly string[];
  random: Random;
  calls: number;
  /** Absent: one at a time, the next as soon as the board confirmed the last. */
  perSecond?: number;
}

/** A board is written at most once in this time, as hall.yaml has it by default: sooner would measure that. */
const SAME_BOARD_MS = 1_100;
const ARRIVE_MS = 10_000;

/**
 * Milliseconds of each call.
 *
 * @throws Error when a call does not come to its board, or the gateway does not say that it did.
 */
export async function callBoards(options: BoardCallsOptions): Promise<number[]> {
  const { hall, calls, perSecond, random } = options;
  const sender = await startCommandSender({ url: hall.centre.url, hall: hall.written.hallId });
  const watch = watchBoards(hall);
  const boards = shuffled(options.boards, random);
  const freeMs = new Map<string, number>();
  const call = async (number: number) => {
    const board = boards[number % boards.length] ?? '';
    const ticketNumber = `X${String(number).padStart(4, '0')}`;
    await sleep(Math.max(0, (freeMs.get(board) ?? 0) - Date.now()));
    const sentMs = Date.now();
    freeMs.set(board, sentMs + SAME_BOARD_MS);
    const [results, shownMs] = await Promise.all([
      sender.sendCommand('led-board', board, 'show-call', { ticketNumber, window: '1' }),
      watch.shows(board, ticketNumber),
    ]);
    const last = results.at(-1);
    if (last?.status !== 'done') throw new Error(`${board}: ${last?.status ?? ''} ${last?.error?.message ?? ''}`);
    return shownMs - sentMs;
  };
  try {
    if (perSecond !== undefined) return await atARate(call, calls, perSecond);
    const times: number[] = [];
    for (let number = 0; number < calls; number += 1) times.push(await call(number));
    return times;
  } finally {
    watch.stop();
    await sender.close();
  }
}

/** One after the other at even distances, whether the one before is done or not. */
async function atARate(call: (number: number) => Promise<number>, calls: number, perSecond: number): Promise<number[]> {
  const startedMs = performance.now();
  const times: Promise<number>[] = [];
  for (let number = 0; number < calls; number += 1) {
    await sleep(Math.max(0, startedMs + (number * 1_000) / perSecond - performance.now()));
    times.push(call(number));
  }
  return Promise.all(times);
}

function shuffled(items: readonly string[], random: Random): string[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

interface BoardWatch {
  /** When the board showed this ticket, milliseconds since 1970. */
  shows(board: string, ticketNumber: string): Promise<number>;
  stop(): void;
}

function watchBoards(hall: WholeHall): BoardWatch {
  const waiting = new Map<string, { ticketNumber: string; resolve: (atMs: number) => void }>();
  const stop = hall.onHappening(({ device, what, atMs, data }) => {
    const awaited = waiting.get(device);
    if (what !== 'board.shows' || !awaited || !JSON.stringify(data).includes(awaited.ticketNumber)) return;
    waiting.delete(device);
    awaited.resolve(atMs);
  });
  return {
    stop,
    shows(board, ticketNumber) {
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${board} never showed ${ticketNumber}`)), ARRIVE_MS);
        const shown = (atMs: number) => {
          clearTimeout(late);
          resolve(atMs);
        };
        waiting.set(board, { ticketNumber, resolve: shown });
      });
    },
  };
}
