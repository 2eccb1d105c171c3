/**
 * Reads the ring of a hall board in order, each record once. An acknowledgement covers everything up to its number, so a record
 * that was lost on the line must not be stepped over: at a gap the board is asked for a replay, and only when as many records
 * came as it says it sent is the gap one of its own (docs/firmware.md, "Records, and how none is lost").
 *
 *   accepted   handed to `commit`, in order        through   committed, and acknowledged
 */
import type { BoardRecord } from './sysex-messages.ts';

/** Its age is that of the moment in which it was heard: it may wait for a commit after that. */
export interface HeardRecord extends BoardRecord {
  /** `performance.now()`. */
  heardMs: number;
}

export interface RingReaderOptions {
  /** Newest record that is committed already. */
  through: number;
  /** Makes a record durable; it is acknowledged after that. Called for one record after the other. */
  commit: (record: HeardRecord) => Promise<void>;
  acknowledge: (through: number) => void;
  /** Asks the board to send again what is not acknowledged. */
  replay: () => void;
  /** The board left out numbers: so many records may have been lost in it. */
  onGap: (missing: number) => void;
  /** A record was not committed; it stays in the board, which says it again. */
  onRefused: (thrown: unknown) => void;
}

export interface RingReader {
  /** Asks for what waits in the board. */
  begin(): void;
  hear(record: HeardRecord): void;
  replayEnded(end: { newest: number; sent: number }): void;
  /** The answer to `replay` did not come. */
  replayMissed(): void;
  stop(): void;
}

/** The ring has 64 places; what was held beyond that is no answer to a replay. */
const HELD_MAX = 128;
/** So many wait for their commit; a board says more of them again, for as long as it keeps them. */
const QUEUED_MAX = 1_000;
/** So many of its newest records a board keeps for certain. */
const KEPT = 56;

export function ringReader({ commit, acknowledge, replay, onGap, onRefused, ...start }: RingReaderOptions): RingReader {
  let { through } = start;
  let accepted = through;
  let held: Map<number, HeardRecord> | undefined;
  let queue: HeardRecord[] = [];
  let committing = false;
  let stopped = false;

  const accept = (record: HeardRecord) => {
    accepted = record.sequence;
    queue.push(record);
    void drain();
  };
  const drain = async () => {
    if (committing) return;
    committing = true;
    for (let record = queue.shift(); record && !isStopped(); record = queue.shift()) {
      try {
        await commit(record);
        through = record.sequence;
        if (!isStopped()) acknowledge(through);
      } catch (thrown) {
        queue = [];
        accepted = through;
        if (!isStopped()) onRefused(thrown);
      }
    }
    committing = false;
  };
  const isStopped = () => stopped;
  const askAgain = () => {
    if (held || stopped) return;
    held = new Map();
    // The answer counts what is not acknowledged: the board must know first what is.
    if (through > 0) acknowledge(through);
    replay();
  };
  const hear = (record: HeardRecord) => {
    if (stopped) return;
    if (held && held.size < HELD_MAX) held.set(record.sequence, record);
    if (held) return;
    if (record.sequence <= through) acknowledge(through);
    else if (queue.length >= QUEUED_MAX) return;
    else if (record.sequence === accepted + 1) accept(record);
    else if (record.sequence > accepted) askAgain();
  };
  /** Takes a record though numbers before it are missing: they are nowhere. */
  const stepTo = (record: HeardRecord) => {
    if (record.sequence <= accepted) return;
    if (accepted > 0 && record.sequence > accepted + 1) onGap(record.sequence - accepted - 1);
    accept(record);
  };
  return {
    begin: askAgain,
    hear,
    replayEnded({ newest, sent }) {
      const came = [...(held ?? new Map<number, HeardRecord>()).values()].sort(
        (one, other) => one.sequence - other.sequence,
      );
      held = undefined;
      // What was acknowledged, or gave way to newer ones, while the board was asked a second time is no part of its answer.
      const answer = came.filter(({ sequence }) => sequence > Math.max(through, newest - KEPT));
      // Fewer than were sent: the line lost some. The board says them again by itself, and is asked again then.
      if (answer.length >= sent) answer.forEach(stepTo);
      else for (const record of came) if (!record.repeated) hear(record);
    },
    replayMissed: () => void (held = undefined),
    stop: () => void (stopped = true),
  };
}
