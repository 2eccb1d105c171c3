// When a conversation with a hall board is over, and when it is not.
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { collectingLog } from '../../gateway/kernel/log.ts';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { startBoard, type SimulatedBoard } from '../../simulators/board/board.ts';
import type { Channel } from '../../simulators/kit/channel.ts';
import { startTcpPeer } from '../../simulators/kit/tcp-peer.ts';
import { until } from '../../simulators/kit/until.ts';
import { boardSession } from './board-session.ts';
import { openHallBoard } from './hall-board.ts';
import type { Frame } from './sysex-codec.ts';
import { COMMAND } from './sysex-messages.ts';

const PRESSES = 3;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

it('goes on when a board answers twice to the question who it is', async () => {
  const sent: Frame[] = [];
  let restarts = 0;
  const session = boardSession({
    line: 'a slow line',
    profile: 'evaluator',
    position: () => undefined,
    send: (frame) => sent.push(frame) > 0,
    onUp: () => undefined,
    commit: () => Promise.resolve(),
    onGap: () => undefined,
    onRefused: () => undefined,
    onStranger: () => undefined,
    onSilent: () => undefined,
    onRestarted: () => (restarts += 1),
  });
  closers.push(() => session.stop());
  await until('it was asked twice', () => sent.length === 2);
  const payload = [1, 0, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 5, 6, 4];
  for (const { tag } of [...sent]) session.hear({ command: COMMAND.identity, tag, payload });
  await until('it is asked how it is', () => sent.at(-1)?.command === COMMAND.status);
  expect(restarts).toBe(0);
});

/** A serial server whose cable can be put into another board while it stays connected to the gateway. */
async function serialServer(first: SimulatedBoard) {
  let plug: Socket | undefined;
  let gateway: Channel | undefined;
  const plugInto = ({ line }: SimulatedBoard) => {
    if (line.type !== 'tcp') throw new Error('the board stands behind a serial server');
    plug?.destroy();
    plug = connect(line.port, line.host);
    plug.on('data', (bytes) => gateway?.write(bytes));
    plug.on('error', () => plug?.destroy());
  };
  const peer = await startTcpPeer({
    onConnection(channel) {
      gateway = channel;
      channel.onData((bytes) => plug?.write(bytes));
    },
  });
  closers.push(() => peer.close().then(() => plug?.destroy()));
  plugInto(first);
  return { line: lineSettingsSchema.parse({ type: 'tcp', host: peer.host, port: peer.port }), plugInto };
}

async function evaluatorBoard(serial: string) {
  const board = await startBoard({ port: { type: 'tcp' }, profile: 'evaluator', serial });
  closers.push(() => board.close());
  await until('it is awake', () => board.nowMs() > 200);
  return board;
}

async function pressAll(board: SimulatedBoard) {
  for (let key = 1; key <= PRESSES; key += 1) board.press(key, { heldMs: 20 });
  await until('the keys were let go', () => board.truth.edges.length >= 2 * PRESSES);
}

it('ends when another board stands on the line, whose presses are its own', async () => {
  const one = await evaluatorBoard('EV-1');
  const server = await serialServer(one);
  const stopping = new AbortController();
  const taken: string[] = [];
  const hall = openHallBoard({
    settings: { line: 'board' },
    profile: 'evaluator',
    hall: {
      line: () => server.line,
      signal: stopping.signal,
      log: collectingLog(),
      share(_key, open) {
        const runner = open();
        closers.push(() => runner.close());
        return runner;
      },
      online: () => undefined,
      offline: () => undefined,
    },
    position: undefined,
    onPress({ key, naturalKey = '' }) {
      taken.push(`${naturalKey.split('#')[0]} ${key}`);
      return Promise.resolve();
    },
  });
  closers.push(() => {
    stopping.abort();
    return hall.ended;
  });
  await pressAll(one);
  await until('the first board was read', () => taken.length === PRESSES && one.lamps()[5] === true);
  await until('it runs for longer than the other one will', () => one.nowMs() > 3_000);
  const other = await evaluatorBoard('EV-2');
  await pressAll(other);
  server.plugInto(other);
  await until('the second board was read', () => taken.length === 2 * PRESSES);
  const keys = Array.from({ length: PRESSES }, (_, index) => index + 1);
  expect(taken).toEqual([...keys.map((key) => `EV-1 ${key}`), ...keys.map((key) => `EV-2 ${key}`)]);
}, 60_000);
