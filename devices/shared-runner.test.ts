// Two hall boards in one runner, an evaluator and a panel: the trouble of one is not the trouble of the other.
import { expect, it, onTestFinished } from 'vitest';
import { startBoard, type SimulatedBoard } from '../simulators/board/board.ts';
import type { BoardProfile } from '../simulators/board/fitting.ts';
import { startTcpPeer } from '../simulators/kit/tcp-peer.ts';
import { until } from '../simulators/kit/until.ts';
import { firmata as evaluator } from './evaluator/firmata.ts';
import { recordingHall, type SharedThings } from './recording-hall.ts';
import { firmata as panel } from './ticket-dispenser/firmata.ts';

const KEYS = [{ key: 1, code: 'SS01', name: '社保业务' }];
const FLOOD_BYTES = 8_192;
const FLOOD_EVERY_MS = 20;

async function boardOf(profile: BoardProfile) {
  const board = await startBoard({ port: { type: 'tcp' }, profile, serial: profile });
  onTestFinished(() => board.close());
  return board;
}

function lineOf({ line }: SimulatedBoard) {
  if (line.type !== 'tcp') throw new Error('the board stands behind a serial server');
  return { ...line, connectTimeoutMs: 500 };
}

/** Both at work, over one runner. */
async function bothAtWork() {
  const [keys, buttons] = [await boardOf('evaluator'), await boardOf('button-panel')];
  const shared: SharedThings = new Map();
  const halls = { lines: { keys: lineOf(keys), buttons: lineOf(buttons) }, shared };
  const marks = recordingHall(evaluator.kind, halls);
  const wishes = recordingHall(panel.kind, halls);
  const ended = [
    evaluator.run(evaluator.config.parse({ line: 'keys', runner: 'both', sameEvaluationMs: 0 }), marks.hall),
    panel.run(panel.config.parse({ line: 'buttons', runner: 'both', keys: KEYS }), wishes.hall),
  ];
  onTestFinished(async () => {
    marks.stop();
    wishes.stop();
    await Promise.all(ended);
  });
  await marks.until('the evaluator is up', () => marks.presence.state === 'online');
  await wishes.until('the panel is up', () => wishes.presence.state === 'online');
  expect(shared.size).toBe(1);
  return {
    keys: { board: keys, seen: marks, count: () => marks.store.occurrences.length },
    buttons: { board: buttons, seen: wishes, count: () => wishes.store.occurrences.length },
  };
}

/** The board is alive and well, and nothing of it is heard. */
function falls(board: SimulatedBoard) {
  board.faults.drop = 1;
  return Promise.resolve(() => {
    board.faults.drop = 0;
    return Promise.resolve();
  });
}

/** In its place something talks without end. */
async function isReplacedByAFlood(board: SimulatedBoard) {
  const { host, port } = lineOf(board);
  await board.pullCable();
  const flood = await startTcpPeer({
    host,
    port,
    onConnection(channel) {
      const timer = setInterval(() => channel.write(new Uint8Array(FLOOD_BYTES).fill(0xf0)), FLOOD_EVERY_MS);
      void channel.closed.then(() => clearInterval(timer));
    },
  });
  return async () => {
    await flood.close();
    await board.plugIn();
  };
}

it.each([
  ['falls silent', falls, ['hall-board.silent', 'hall-board.unanswered', 'hall-board.no-answer']],
  ['is replaced by a flood', isReplacedByAFlood, ['hall-board.flooding']],
])('one board that %s leaves the other at work in the same runner, and both recover', async (_what, begin, codes) => {
  const { keys, buttons } = await bothAtWork();
  const end = await begin(keys.board);
  const told = () => ('reason' in keys.seen.presence ? keys.seen.presence.reason.code : 'none');
  await keys.seen.until('its trouble is told', () => codes.includes(told()));
  for (const wishes of [1, 2]) {
    buttons.board.press(1, { bounceMs: 5 });
    await until('the press at the other one is recorded', () => buttons.count() === wishes);
    await until('its key is let go', () => buttons.board.truth.edges.length === 2 * wishes);
  }
  keys.board.press(4, { bounceMs: 5 });
  await until('the press at the silent one is over', () => keys.board.truth.edges.length === 2);
  expect(keys.count()).toBe(0);
  expect(buttons.seen.presence.state).toBe('online');

  await end();
  await keys.seen.until('the press of the meantime is recorded', () => keys.count() === 1);
  await keys.seen.until('it is back', () => keys.seen.presence.state === 'online');
  keys.board.press(2);
  buttons.board.press(1);
  await until('both are at work', () => keys.count() === 2 && buttons.count() === 3);
  expect(keys.seen.store.occurrences.map(({ data }) => data['level'])).toEqual([4, 2]);
  expect(buttons.seen.log.filter(({ event }) => event.startsWith('board-runner.'))).toEqual([]);
});
