/**
 * What wires do to bytes: cut them, join them, hold them back, flip bits, lose them, repeat them. Seeded, so that a run
 * can be repeated; the rates may be changed while it runs.
 */
import type { Random } from './random.ts';
import { recording, type Recording } from './recording.ts';

export interface ByteFaults {
  /** How a write is cut into pieces that leave one after the other. */
  split: 'none' | 'random' | 'every-byte';
  /** Writes are held this long and leave joined with those that follow; 0: at once. */
  glueMs: number;
  /** Every write waits a random time up to this. Order is kept. */
  delayMs: number;
  /** Probability, for each byte, that one of its bits flips. */
  corrupt: number;
  /** Probability, for each byte, that it is lost. */
  drop: number;
  /** Probability, for each write, that it leaves twice. */
  duplicate: number;
}

export function noByteFaults(): ByteFaults {
  return { split: 'none', glueMs: 0, delayMs: 0, corrupt: 0, drop: 0, duplicate: 0 };
}

export interface FaultyBytes {
  /** The rates in force; change them at any time. */
  readonly faults: ByteFaults;
  /** What was truly sent, piece by piece, after the faults. */
  readonly record: Recording<Uint8Array>;
  write(bytes: Uint8Array): void;
  /** Forgets what is still held back; later writes are swallowed. */
  close(): void;
}

/** A byte channel with faults in front of `send`. */
export function faultyBytes(
  send: (bytes: Uint8Array) => void,
  options: { random: Random; faults?: ByteFaults; record?: Recording<Uint8Array> },
): FaultyBytes {
  const { random, faults = noByteFaults(), record = recording() } = options;
  const held: Uint8Array[] = [];
  let glueTimer: NodeJS.Timeout | undefined;
  const queue = orderedQueue((piece: Uint8Array) => {
    record.add(piece);
    send(piece);
  });
  const enqueue = (bytes: Uint8Array) => {
    const delayMs = faults.delayMs > 0 ? random.int(0, faults.delayMs) : 0;
    const times = random.chance(faults.duplicate) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      for (const piece of cut(damaged(bytes, faults, random), faults.split, random)) queue.add(piece, delayMs);
    }
  };
  const release = () => {
    glueTimer = undefined;
    enqueue(Buffer.concat(held.splice(0)));
  };
  return {
    faults,
    record,
    write(bytes) {
      if (faults.glueMs === 0 && glueTimer === undefined) {
        enqueue(bytes);
        return;
      }
      held.push(bytes);
      glueTimer ??= setTimeout(release, faults.glueMs);
    },
    close() {
      clearTimeout(glueTimer);
      queue.close();
    },
  };
}

function damaged(bytes: Uint8Array, faults: ByteFaults, random: Random): Uint8Array {
  if (faults.corrupt === 0 && faults.drop === 0) return bytes;
  const kept: number[] = [];
  for (const byte of bytes) {
    if (random.chance(faults.drop)) continue;
    kept.push(random.chance(faults.corrupt) ? byte ^ (1 << random.int(0, 7)) : byte);
  }
  return Uint8Array.from(kept);
}

function cut(bytes: Uint8Array, split: ByteFaults['split'], random: Random): Uint8Array[] {
  if (bytes.length === 0) return [];
  if (split === 'none') return [bytes];
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const length = split === 'every-byte' ? 1 : random.int(1, Math.max(1, bytes.length - start));
    pieces.push(bytes.subarray(start, start + length));
    start += length;
  }
  return pieces;
}

/** Pieces leave in the order they came, one per turn of the event loop, none before its time. */
function orderedQueue<T>(leave: (piece: T) => void): { add(piece: T, delayMs: number): void; close(): void } {
  const waiting: { piece: T; dueMs: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  let lastDueMs = 0;
  let closed = false;
  const schedule = () => {
    const head = waiting[0];
    if (closed || head === undefined || timer !== undefined || turn !== undefined) return;
    const waitMs = head.dueMs - performance.now();
    if (waitMs > 0) timer = setTimeout(takeOne, waitMs);
    else turn = setImmediate(takeOne);
  };
  const takeOne = () => {
    timer = undefined;
    turn = undefined;
    const head = waiting.shift();
    if (head !== undefined) leave(head.piece);
    schedule();
  };
  return {
    add(piece, delayMs) {
      if (closed) return;
      lastDueMs = Math.max(lastDueMs, performance.now() + delayMs);
      const idle = waiting.length === 0 && timer === undefined && turn === undefined;
      if (idle && delayMs === 0) {
        // The first piece leaves at once; `turn` keeps the next one for the next turn of the loop.
        turn = setImmediate(takeOne);
        leave(piece);
        return;
      }
      waiting.push({ piece, dueMs: lastDueMs });
      schedule();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      clearImmediate(turn);
      waiting.length = 0;
    },
  };
}
