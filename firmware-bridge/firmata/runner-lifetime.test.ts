// How long a runner lives: johnny-five keeps every board it ever made, so it is replaced for what is made anew, and only for that.
import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { collectingLog } from '../../gateway/kernel/log.ts';
import { startScriptedBoard } from '../../simulators/board/scripted-board.ts';
import { startTcpPeer, type TcpPeerOptions } from '../../simulators/kit/tcp-peer.ts';
import { until } from '../../simulators/kit/until.ts';
import { openRunnerHost } from './runner-host.ts';
import type { RunnerPlace } from './runner-place.ts';

const BOARDS_MADE_MAX = 3;
const RECONNECTIONS = Number(process.env['HALL_TRIAL_RECONNECTIONS'] ?? 24);
/** Version 2.5, a name, one pin. */
const HANDSHAKE = [0xf9, 2, 5, 0xf0, 0x79, 2, 5, 0x61, 0, 0xf7];

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** One runner, who joined it, and how often it was replaced. */
function runner(place: RunnerPlace = 'thread') {
  const log = collectingLog();
  const host = openRunnerHost({ place, log, boardsMadeMax: BOARDS_MADE_MAX });
  closers.push(() => host.close());
  const join = (line: object) => {
    const told: string[] = [];
    const membership = host.join({
      line: lineSettingsSchema.parse({ ...line, connectTimeoutMs: 500 }),
      onUp: () => told.push('up'),
      onDown: ({ code }) => told.push(code),
      onHeard: () => undefined,
      onInput: () => undefined,
    });
    return { told, membership };
  };
  const replaced = () => log.lines.filter(({ event }) => event === 'board-runner.replaced').length;
  return { join, replaced };
}

async function boardLine() {
  const board = await startScriptedBoard({ port: { type: 'tcp' }, profile: 'evaluator' });
  closers.push(() => board.close());
  return board.line;
}

/** Something on a line that is no board. */
async function stranger(onConnection: TcpPeerOptions['onConnection']) {
  const peer = await startTcpPeer({ onConnection });
  closers.push(() => peer.close());
  return { peer, line: { type: 'tcp', host: peer.host, port: peer.port } };
}

describe('a runner', () => {
  it('that has more boards than it may make anew is not replaced for having them', async () => {
    const { join, replaced } = runner();
    const joined = await Promise.all(Array.from({ length: BOARDS_MADE_MAX + 3 }, async () => join(await boardLine())));
    await until('all of them are up', () => joined.every(({ told }) => told.includes('up')), 15_000);
    expect(replaced()).toBe(0);
    expect(joined.map(({ told }) => told)).toEqual(joined.map(() => ['up']));
  });

  it('makes no board of what dies while opening, however often', async () => {
    const { join, replaced } = runner();
    const { peer, line } = await stranger((channel) => channel.close());
    join(line);
    const good = join(await boardLine());
    await until('it died many times', () => peer.accepted() > 2 * BOARDS_MADE_MAX, 30_000);
    good.membership.reopen();
    await until('the good board is up again', () => good.told.filter((each) => each === 'up').length >= 2, 15_000);
    expect(replaced()).toBe(0);
  });

  it('is replaced when something says that it is a board again and again, and never is one', async () => {
    const { join, replaced } = runner();
    const { line } = await stranger((channel) => {
      channel.write(Uint8Array.of(0xf9, 2, 5));
      setTimeout(() => channel.close(), 20);
    });
    join(line);
    await until('it was replaced', () => replaced() > 0, 60_000);
  }, 70_000);

  it.each(['thread', 'process'] as const)(
    'in a %s leaves no handle and no thread behind, however often its board is opened anew',
    async (place) => {
      const { join, replaced } = runner(place);
      const { told, membership } = join(await boardLine());
      const held: number[] = [];
      for (let nth = 1; nth <= RECONNECTIONS; nth += 1) {
        await until('the board is up', () => told.filter((each) => each === 'up').length >= nth, 15_000);
        held.push(openHandles());
        membership.reopen();
      }
      expect(replaced()).toBeGreaterThan(2);
      const half = RECONNECTIONS / 2;
      expect(Math.min(...held.slice(half))).toBeLessThanOrEqual(Math.max(...held.slice(0, half)));
    },
    120_000,
  );

  it('that is flooded with well-formed messages costs the gateway little', async () => {
    const { join } = runner();
    const flood = new Uint8Array(100_000).map((_, index) => [0xf0, 0x01, 0xf7][index % 3] ?? 0);
    const { line } = await stranger((channel) => {
      channel.write(Uint8Array.from(HANDSHAKE));
      const timer = setInterval(() => channel.write(flood), 20);
      void channel.closed.then(() => clearInterval(timer));
    });
    const { told } = join(line);
    await until('it is cut off', () => told.includes('hall-board.flooding'), 15_000);
    const before = performance.eventLoopUtilization();
    await until(
      'it was cut off again',
      () => told.filter((each) => each === 'hall-board.flooding').length >= 3,
      30_000,
    );
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.3);
  }, 60_000);
});

/** Descriptors and threads of this process. */
function openHandles(): number {
  return readdirSync('/proc/self/fd').length + readdirSync('/proc/self/task').length;
}
