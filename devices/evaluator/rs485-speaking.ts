/**
 * Who may speak next on a bus: one frame at a time, after a silence, acknowledgements before commands, addresses in turn.
 */
import { asHallError, HallError } from '../../gateway/kernel/errors.ts';
import { deferred, sleep, type Deferred } from '../../gateway/kernel/waiting.ts';
import type { Line } from '../../firmware-bridge/lines/line.ts';

export interface SpeakingOptions {
  signal: AbortSignal;
  /** How long these bytes take on the wire. */
  wireMs: (bytes: Uint8Array) => number;
  /** Called when a frame was handed to the line. */
  onLeft: (bytes: Uint8Array) => void;
}

export interface SpeakingQueue {
  say(address: number, bytes: Uint8Array, lane: Lane, turnaroundMs: number): Promise<void>;
  /** Bytes came in: the silence begins anew. */
  heard(): void;
  attach(line: Line): void;
  /** The line is gone: what waits is rejected with the reason. */
  detach(reason: HallError): void;
}

export type Lane = 'acknowledgement' | 'command';

/** Frames of one address that may wait in one lane. */
const WAITING_MAX = 16;
/** On a bus that is never silent a frame is sent all the same after this long: waiting for ever loses it for certain. */
const LISTEN_MAX_MS = 250;

interface Job {
  bytes: Uint8Array;
  turnaroundMs: number;
  sent: Deferred<void>;
}

export function speakingQueue({ signal, wireMs, onLeft }: SpeakingOptions): SpeakingQueue {
  const lanes = { acknowledgement: turns(), command: turns() };
  let line: Line | undefined;
  let speaking = false;
  let busyUntilMs = 0;

  const silence = async (turnaroundMs: number) => {
    const giveUpMs = performance.now() + LISTEN_MAX_MS;
    for (;;) {
      const now = performance.now();
      const waitMs = Math.min(busyUntilMs + turnaroundMs, giveUpMs) - now;
      if (waitMs <= 0) return;
      await sleep(waitMs, signal);
    }
  };
  const send = async (job: Job, through: Line) => {
    try {
      await silence(job.turnaroundMs);
      onLeft(job.bytes);
      await through.write(job.bytes);
      busyUntilMs = performance.now() + wireMs(job.bytes);
      await sleep(wireMs(job.bytes), signal);
      job.sent.resolve();
    } catch (thrown) {
      job.sent.reject(asHallError(thrown, 'line.lost'));
    }
  };
  const speak = async () => {
    if (speaking) return;
    speaking = true;
    for (;;) {
      const job: Job | undefined = line && (lanes.acknowledgement.next() ?? lanes.command.next());
      if (line === undefined || job === undefined) break;
      await send(job, line);
    }
    speaking = false;
  };
  return {
    say(address, bytes, lane, turnaroundMs) {
      const job: Job = { bytes, turnaroundMs, sent: deferred<void>() };
      if (lanes[lane].add(address, job)) void speak();
      else job.sent.reject(crowded(address));
      return job.sent.promise;
    },
    heard: () => void (busyUntilMs = performance.now()),
    attach: (opened) => void (line = opened),
    detach(reason) {
      line = undefined;
      for (const lane of Object.values(lanes)) {
        for (let job = lane.next(); job; job = lane.next()) job.sent.reject(reason);
      }
    },
  };
}

/** A queue for each address, served in turn. */
function turns(): { add(address: number, job: Job): boolean; next(): Job | undefined } {
  const waiting = new Map<number, Job[]>();
  return {
    add(address, job) {
      const queue = waiting.get(address) ?? [];
      if (queue.length >= WAITING_MAX) return false;
      queue.push(job);
      waiting.set(address, queue);
      return true;
    },
    next() {
      const [first] = waiting;
      if (first === undefined) return undefined;
      const [address, [job, ...rest]] = first;
      // Behind all others: a map keeps the order of insertion.
      waiting.delete(address);
      if (rest.length > 0) waiting.set(address, rest);
      return job;
    },
  };
}

function crowded(address: number): HallError {
  return new HallError('evaluator.bus-crowded', {
    message: `${WAITING_MAX} frames wait for address ${address} already.`,
    facts: { address },
  });
}
