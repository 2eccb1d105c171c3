// The ring of a board over a line that loses what it likes: every stored record is committed once, in order, and no gap is
// believed that is one of the line. The board is told once more here, from docs/firmware.md ("Records, and how none is lost").
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deferred, type Deferred } from '../../gateway/kernel/waiting.ts';
import { ringReader, type HeardRecord, type RingReader } from './ring-reader.ts';

const RING_KEPT = 56;
const ATTEMPTS_MAX = 2;

type ToBoard = { say: 'acknowledge'; through: number } | { say: 'replay'; tag: number };
type ToGateway = { say: 'record'; record: HeardRecord } | { say: 'end'; tag: number; newest: number; sent: number };

/** A board, a line of two directions, and a reader whose commits are ended by hand. */
function conversation() {
  const stored: number[] = [];
  const committed: number[] = [];
  const toBoard: ToBoard[] = [];
  const toGateway: ToGateway[] = [];
  const said = new Set<number>();
  let commits: { sequence: number; done: Deferred<undefined> }[] = [];
  let [newest, acknowledged, tag, missing] = [0, 0, 0, 0];
  let asked: { tag: number; attempt: number } | undefined;

  const say = (sequence: number) => {
    toGateway.push({ say: 'record', record: recordOf(sequence, said.has(sequence)) });
    said.add(sequence);
  };
  const waiting = () => stored.filter((sequence) => sequence > Math.max(acknowledged, newest - RING_KEPT));
  const ask = (attempt: number) => {
    tag += 1;
    asked = { tag, attempt };
    toBoard.push({ say: 'replay', tag });
  };
  const reader: RingReader = ringReader({
    through: 0,
    commit(record) {
      const done = deferred<undefined>();
      commits.push({ sequence: record.sequence, done });
      return done.promise;
    },
    acknowledge: (through) => toBoard.push({ say: 'acknowledge', through }),
    replay: () => ask(1),
    onGap: (numbers) => (missing += numbers),
    onRefused: () => undefined,
  });
  return {
    stored,
    committed,
    reader,
    missing: () => missing,
    isIdle: () => acknowledged === newest,
    /** Stores an edge and says it; `torn`: the power failed in the middle of one before it. */
    press(torn: boolean) {
      newest += torn ? 2 : 1;
      stored.push(newest);
      say(newest);
    },
    sayAgain: () => waiting().forEach(say),
    boardHears(lost: boolean) {
      const message = toBoard.shift();
      if (message === undefined || lost) return;
      if (message.say === 'acknowledge') acknowledged = Math.max(acknowledged, Math.min(message.through, newest));
      else {
        const again = waiting();
        again.forEach(say);
        toGateway.push({ say: 'end', tag: message.tag, newest, sent: again.length });
      }
    },
    gatewayHears(lost: boolean) {
      const message = toGateway.shift();
      if (message === undefined || lost) return;
      if (message.say === 'record') reader.hear(message.record);
      else if (message.tag === asked?.tag) {
        asked = undefined;
        reader.replayEnded(message);
      }
    },
    answerIsLate() {
      if (asked === undefined) return;
      if (asked.attempt < ATTEMPTS_MAX) ask(asked.attempt + 1);
      else {
        asked = undefined;
        reader.replayMissed();
      }
    },
    async endCommit(good: boolean) {
      const [first, ...rest] = commits;
      if (first === undefined) return;
      commits = rest;
      if (good) committed.push(first.sequence);
      if (good) first.done.resolve(undefined);
      else first.done.reject(new Error('refused'));
      await new Promise(setImmediate);
    },
  };
}

function recordOf(sequence: number, repeated: boolean): HeardRecord {
  return { sequence, key: 1, active: true, ageMs: 0, repeated, heardMs: 0 };
}

type Conversation = ReturnType<typeof conversation>;

const oneIn = (times: number) => fc.nat({ max: times - 1 }).map((nth) => nth === 0);
const step = fc.oneof(
  { weight: 2, arbitrary: fc.constant((talk: Conversation) => talk.press(false)) },
  { weight: 9, arbitrary: oneIn(5).map((lost) => (talk: Conversation) => talk.gatewayHears(lost)) },
  { weight: 4, arbitrary: oneIn(8).map((lost) => (talk: Conversation) => talk.boardHears(lost)) },
  { weight: 2, arbitrary: oneIn(8).map((refused) => (talk: Conversation) => talk.endCommit(!refused)) },
  fc.constant((talk: Conversation) => talk.answerIsLate()),
  fc.constant((talk: Conversation) => talk.sayAgain()),
);
const tear = fc.constant((talk: Conversation) => talk.press(true));

/** The line is good again, and the disk. */
async function heal(talk: Conversation): Promise<void> {
  for (let round = 0; round < 20 && !talk.isIdle(); round += 1) {
    talk.answerIsLate();
    talk.sayAgain();
    for (let turn = 0; turn < 400; turn += 1) {
      talk.gatewayHears(false);
      talk.boardHears(false);
      if (turn % 4 === 0) await talk.endCommit(true);
    }
  }
}

async function run(steps: readonly ((talk: Conversation) => unknown)[]): Promise<Conversation> {
  const talk = conversation();
  talk.reader.begin();
  for (const each of steps) await each(talk);
  await heal(talk);
  return talk;
}

describe('the reader of a ring', () => {
  it('commits every record once and in order, whatever the line loses and the disk refuses', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 160 }), async (steps) => {
        const talk = await run(steps);
        expect(talk.committed).toEqual(talk.stored);
        expect(talk.missing(), 'a gap of the line').toBe(0);
      }),
      { numRuns: 4_000 },
    );
  }, 60_000);

  it('takes what it acknowledged meanwhile for no part of an answer', async () => {
    const talk = conversation();
    const hearAll = (...lost: number[]) => {
      for (let nth = 1; nth <= 5; nth += 1) talk.gatewayHears(lost.includes(nth));
    };
    talk.press(false);
    talk.gatewayHears(false);
    for (const lost of [true, false, false]) {
      talk.press(false);
      talk.gatewayHears(lost);
    }
    talk.boardHears(false);
    hearAll(2, 5);
    await talk.endCommit(true);
    talk.answerIsLate();
    talk.boardHears(false);
    talk.boardHears(false);
    hearAll(1);
    await heal(talk);
    expect(talk.committed).toEqual([1, 2, 3, 4]);
  });

  it('takes no more than it has room for while a commit is pending', async () => {
    const talk = conversation();
    for (let nth = 0; nth < 1_500; nth += 1) {
      talk.press(false);
      talk.gatewayHears(false);
    }
    for (let nth = 0; nth < 1_500; nth += 1) await talk.endCommit(true);
    expect(talk.committed).toHaveLength(1_001);
  });

  it('steps over numbers that the board never stored, and says how many', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 12, arbitrary: step }, tear), { minLength: 40, maxLength: 160 }),
        async (steps) => {
          const talk = await run(steps);
          expect(talk.committed).toEqual(talk.stored);
        },
      ),
      { numRuns: 2_000 },
    );
  }, 60_000);
});
