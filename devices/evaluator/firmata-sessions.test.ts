// Presses on a hall board while what they need is slow: the disk, the runner, the line.
import { afterEach, describe, expect, it } from 'vitest';
import { collectingLog } from '../../gateway/kernel/log.ts';
import { openRunnerHost } from '../../firmware-bridge/firmata/runner-host.ts';
import { startBoard, type SimulatedBoard } from '../../simulators/board/board.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall, recordingStore, type RecordingHallOptions } from '../recording-hall.ts';
import { firmata } from './firmata.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function evaluatorAtWork(options: RecordingHallOptions = {}) {
  const board = await startBoard({ port: { type: 'tcp' }, profile: 'evaluator', serial: 'EV-1' });
  closers.push(() => board.close());
  return { board, ...(await gatewayOf(board, options)) };
}

/** The driver on its own, once the board is up. */
async function gatewayOf({ line }: SimulatedBoard, options: RecordingHallOptions) {
  if (line.type !== 'tcp') throw new Error('the board stands behind a serial server');
  const lines = { board: { ...line, connectTimeoutMs: 500 } };
  const seen = recordingHall(firmata.kind, { window: '5', lines, ...options });
  const ended = firmata.run(firmata.config.parse({ line: 'board', sameEvaluationMs: 0 }), seen.hall);
  const stop = async () => {
    seen.stop();
    await ended;
  };
  closers.push(stop);
  await seen.until('the board is up', () => seen.presence.state === 'online');
  const marks = () => seen.store.occurrences.filter(({ type }) => type === 'evaluation.submitted');
  return { seen, marks, stop };
}

describe('a press whose commit is pending', () => {
  it.each([
    ['loses its line', false],
    ['loses its line and its power', true],
  ])('is one mark when the board %s in between', async (_what, losesPower) => {
    const { board, seen, marks } = await evaluatorAtWork();
    await seen.command('start-evaluation', { ticketNumber: 'A023' });
    seen.holdCommits();
    board.press(3);
    await seen.until('the press was heard', () => JSON.stringify(seen.states.at(-1)).includes('"evaluating":false'));
    await until('the key was let go', () => board.truth.edges.length >= 2);
    await board.pullCable();
    await seen.until('the line is down', () => seen.presence.state === 'offline');
    if (losesPower) {
      board.cutPower();
      board.powerOn();
    }
    await board.plugIn();
    await seen.until('the board is back', () => seen.presence.state === 'online');
    seen.releaseCommits();
    board.press(5);
    await seen.until('the next press is a mark', () => marks().some(({ data }) => data['level'] === 5));
    expect(marks().map(({ data }) => [data['level'], data['ticketNumber']])).toEqual([
      [3, 'A023'],
      [5, undefined],
    ]);
  });
});

describe('a runner that takes nothing for a while', () => {
  it('ends nothing: presses and heartbeats that could not be told go on when it is back', async () => {
    const runner = openRunnerHost({ place: 'thread', log: collectingLog() });
    closers.push(() => runner.close());
    const shared = new Map([['board-runner:thread:line board', { thing: runner, holders: 1 }]]);
    const { board, seen, marks } = await evaluatorAtWork({ shared });
    const neighbour = runner.join({
      line: seen.hall.line('board'),
      onUp: () => undefined,
      onDown: () => undefined,
      onHeard: () => undefined,
      onInput: () => undefined,
    });
    const takes = () => neighbour.say(0x08, [0, 0x36, 0x0b]);
    await until('it takes no more', () => Array.from({ length: 1_000 }, takes).includes(false));
    board.press(4);
    await seen.until('the press is a mark', () => marks().length > 0);
    await until('it takes messages again', takes);
    await until('the citizen is thanked', () => board.lamps()[5] === true);
    expect(seen.presence.state).toBe('online');
    expect(seen.log.map(({ event }) => event)).not.toContain('press.not-recorded');
  });
});

describe('a press that waits for the commit of another one', () => {
  it('does not decide an evaluation that was begun meanwhile', async () => {
    const { board, seen, marks } = await evaluatorAtWork();
    seen.holdCommits();
    board.press(1);
    board.press(2);
    await until('the keys were let go', () => board.truth.edges.length >= 4);
    await until('the lamp says that the last one waits', () => board.lamps()[1] === true);
    const begun = seen.command('start-evaluation', { ticketNumber: 'A023' });
    await seen.until('the evaluation is open', () => JSON.stringify(seen.states.at(-1)).includes('"evaluating":true'));
    seen.releaseCommits();
    await begun;
    await seen.until('both are marks', () => marks().length === 2);
    expect(marks().map(({ data }) => [data['level'], data['ticketNumber']])).toEqual([
      [1, undefined],
      [2, undefined],
    ]);
  });
});

describe('a gateway that is started again', () => {
  it('misses no press that was only a key let go', async () => {
    const store = recordingStore();
    const first = await evaluatorAtWork({ store });
    first.board.press(3);
    await until('the citizen is thanked', () => first.board.lamps()[5] === true);
    await until('the key was let go', () => first.board.truth.edges.length >= 2);
    await first.stop();
    const second = await gatewayOf(first.board, { store });
    first.board.press(4);
    await second.seen.until('the next press is a mark', () => store.occurrences.length === 2);
    expect(second.seen.log.map(({ event }) => event)).not.toContain('hall-board.records-missing');
  });
});

describe('a board that was restarted', () => {
  it('has its lamps again, though what it said at its start was lost', async () => {
    const { board, seen } = await evaluatorAtWork();
    const isLit = () => board.lamps().slice(0, 5).every(Boolean);
    await seen.command('start-evaluation', {});
    expect(isLit()).toBe(true);
    await until('it runs for longer than a silence may last', () => board.nowMs() > 4_000);
    board.faults.drop = 1;
    board.reset();
    const restartedMs = board.nowMs();
    await until('it has started', () => board.nowMs() > restartedMs + 500);
    expect(isLit()).toBe(false);
    board.faults.drop = 0;
    await until('its lamps are lit again', isLit);
    expect(seen.presence.state).toBe('online');
    expect(seen.log.map(({ event }) => event)).toEqual([]);
  });
});
