// Runners and the boards in them: what goes wrong with one board or one runner costs nothing else.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { lineSettingsSchema, type LineSettings } from '../../gateway/kernel/line-settings.ts';
import { collectingLog } from '../../gateway/kernel/log.ts';
import { startBoard } from '../../simulators/board/board.ts';
import { startTcpPeer } from '../../simulators/kit/tcp-peer.ts';
import { until } from '../../simulators/kit/until.ts';
import type { ToRunner } from './runner-messages.ts';
import { openRunnerHost, type RunnerHost, type RunnerHostOptions } from './runner-host.ts';
import { startRunner, type RunnerEvents } from './runner-place.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function hostOf(options: Partial<RunnerHostOptions> = {}) {
  const log = collectingLog();
  const host = openRunnerHost({ place: 'thread', log, random: () => 0, ...options });
  closers.push(() => host.close());
  return { host, events: () => log.lines.map(({ event }) => event) };
}

/** Joins a board and keeps what is told of it. */
function join(host: RunnerHost, line: LineSettings) {
  const told: string[] = [];
  const heard: number[] = [];
  const membership = host.join({
    line,
    onUp: () => told.push('up'),
    onDown: ({ code }) => told.push(code),
    onHeard: (command) => heard.push(command),
    onInput: () => undefined,
  });
  return { told, heard, membership };
}

/** A device that does something else than a board does. */
async function strangerLine(onConnection: Parameters<typeof startTcpPeer>[0]['onConnection']): Promise<LineSettings> {
  const peer = await startTcpPeer({ onConnection });
  closers.push(() => peer.close());
  return lineSettingsSchema.parse({ type: 'tcp', host: peer.host, port: peer.port, connectTimeoutMs: 500 });
}

async function boardLine(port: 'tcp' | 'pty' = 'tcp') {
  const board = await startBoard({ port: { type: port }, profile: 'evaluator' });
  closers.push(() => board.close());
  return lineSettingsSchema.parse({ ...board.line, ...(port === 'pty' && { baudRate: 57_600 }) });
}

const HEARTBEAT = [0, 0x36, 0x0b];

describe('a runner', () => {
  it.each([
    ['process', 'pty'],
    ['thread', 'tcp'],
  ] as const)('in a %s carries messages to and from a hall board on a %s', async (place, port) => {
    const { host } = hostOf({ place });
    const { told, heard, membership } = join(host, await boardLine(port));
    await until('the board is up', () => told.includes('up'), 15_000);
    membership.say(0x08, HEARTBEAT);
    await until('its heartbeat', () => heard.includes(0x08));
  });

  it('keeps a good board going beside boards that talk rubbish, flood, say nothing, and die while opening', async () => {
    const { host } = hostOf();
    const rubbish = Uint8Array.from({ length: 512 }, (_, index) => (index * 197) % 256);
    const flooding = join(
      host,
      await strangerLine((channel) => {
        const timer = setInterval(() => channel.write(new Uint8Array(8_192).fill(0xf0)), 5);
        void channel.closed.then(() => clearInterval(timer));
      }),
    );
    const talking = join(host, await strangerLine((channel) => channel.onData(() => channel.write(rubbish))));
    const silent = join(host, await strangerLine(() => undefined));
    const dying = join(host, await strangerLine((channel) => channel.close()));
    const good = join(host, await boardLine());
    await until('the good board is up', () => good.told.includes('up'), 15_000);
    await until('the flood is cut off', () => flooding.told.includes('hall-board.flooding'));
    await until('the dying board is reported', () => dying.told.includes('line.lost'));
    await until('rubbish is no answer', () => talking.told.includes('hall-board.no-answer'), 15_000);
    await until('silence is no answer', () => silent.told.includes('hall-board.no-answer'), 15_000);
    const before = good.heard.length;
    good.membership.say(0x08, HEARTBEAT);
    await until('the good board answers', () => good.heard.length > before);
    expect(good.told).toEqual(['up']);
  });

  it('that crashes is started again, and its boards come back', async () => {
    let crash = () => undefined as void;
    const { host, events } = hostOf({
      place: 'process',
      start(place, ears) {
        const runner = startRunner(place, ears);
        crash = () => runner.kill();
        return runner;
      },
    });
    const { told } = join(host, await boardLine());
    await until('the board is up', () => told.includes('up'), 15_000);
    crash();
    await until('the board is back', () => told.join() === 'up,hall-board.runner-lost,up', 15_000);
    expect(events()).toEqual(['board-runner.lost']);
  });

  it('that hangs is ended and replaced', async () => {
    const posted: ToRunner[][] = [];
    const ears: RunnerEvents[] = [];
    const { host } = hostOf({
      pingMs: 20,
      answerMs: 60,
      start(_place, given) {
        const messages: ToRunner[] = [];
        posted.push(messages);
        ears.push(given);
        return { post: (message) => void messages.push(message), kill: () => given.onGone('killed') };
      },
    });
    const { told } = join(host, await strangerLine(() => undefined));
    await until('it was replaced', () => posted.length > 1);
    expect(told[0]).toBe('hall-board.runner-hung');
    expect(posted[1]?.[0]).toMatchObject({ do: 'open' });
    ears[0]?.onMessage({ said: 'up', board: 1, firmware: 'ghost', boardsMade: 1 });
    expect(told, 'what a dead runner still says is not heard').not.toContain('up');
  });

  it('is replaced after many connections, so that a hundred of them leave no memory behind', async () => {
    const { host, events } = hostOf({ place: 'process', boardsMadeMax: 7 });
    const { told, membership } = join(host, await boardLine());
    const reconnections = Number(process.env['HALL_TRIAL_RECONNECTIONS'] ?? 20);
    const peaks: number[] = [];
    for (let nth = 1; nth <= reconnections; nth += 1) {
      await until('the board is up', () => told.length >= nth, 15_000);
      peaks.push(childrenRssMb());
      membership.reopen();
    }
    expect(events().filter((event) => event === 'board-runner.replaced').length).toBe(
      Math.floor((reconnections - 1) / 8),
    );
    const early = Math.max(...peaks.slice(0, 10));
    expect(Math.max(...peaks.slice(-10))).toBeLessThan(early * 1.3 + 5);
    if (reconnections >= 100) process.stderr.write(`runner MB: ${peaks.map(Math.round).join(' ')}\n`);
  }, 120_000);
});

/** Memory of the child processes of this one that are Node. */
function childrenRssMb(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return Math.max(
    0,
    ...children.map((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        return status.startsWith('Name:\tnode') ? Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 : 0;
      } catch {
        return 0;
      }
    }),
  );
}
