// Presses on a hall board through power cuts of the board, restarts of the gateway and broken lines.
import { afterEach, describe, expect, it } from 'vitest';
import { startBoard, type BoardOptions } from '../../simulators/board/board.ts';
import { seededRandom } from '../../simulators/kit/random.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall, recordingStore, type RecordingStore } from '../recording-hall.ts';
import { firmata } from './firmata.ts';

/** `HALL_TRIAL_PRESSES=1000 npx vitest run devices/evaluator/firmata-presses` is the full trial. */
const PRESSES = Number(process.env['HALL_TRIAL_PRESSES'] ?? 30);
const KEYS = 5;
const RING_PRESSES_MAX = 15;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function boardOf(options: Partial<BoardOptions> = {}) {
  const board = await startBoard({ port: { type: 'tcp' }, profile: 'evaluator', ...options });
  closers.push(() => board.close());
  return board;
}

/** The driver over a store that outlives it. */
function gateway(line: unknown, store: RecordingStore = recordingStore()) {
  const settings = { ...(line as { type: 'tcp'; host: string; port: number }), connectTimeoutMs: 500 };
  const seen = recordingHall(firmata.kind, { window: '5', lines: { board: settings }, store });
  const ended = firmata.run(firmata.config.parse({ line: 'board', sameEvaluationMs: 0 }), seen.hall);
  const stop = async () => {
    seen.stop();
    await ended;
  };
  closers.push(stop);
  return { seen, stop };
}

const levelsOf = ({ occurrences }: RecordingStore) =>
  occurrences.flatMap(({ type, data }) => (type === 'evaluation.submitted' ? [data['level']] : []));

describe('a press on a hall board', () => {
  it(
    'is recorded once and in order, whatever loses its power or its line',
    { timeout: 60_000 + PRESSES * 400 },
    async () => {
      const random = seededRandom(7);
      const board = await boardOf({ seed: 7 });
      const store = recordingStore();
      let running = gateway(board.line, store);
      await running.seen.until('the board is up', () => running.seen.presence.state === 'online');
      const pressed = () => board.truth.edges.filter(({ edge }) => edge === 'pressed');
      const certain = () => pressed().filter((edge) => edge.certain);
      const waiting = () => certain().length - levelsOf(store).length;
      for (let nth = 0; nth < PRESSES; nth += 1) {
        board.press((nth % KEYS) + 1, { bounceMs: 6, heldMs: 30 });
        const settled = new Promise((resolve) => setTimeout(resolve, random.int(60, 160)));
        await settled;
        const trouble = random.next();
        if (trouble < 0.1) {
          board.cutPower();
          board.powerOn();
          await new Promise((resolve) => setTimeout(resolve, 60));
        } else if (trouble < 0.18) {
          await running.stop();
          running = gateway(board.line, store);
        } else if (trouble < 0.26) {
          await board.pullCable();
          await board.plugIn();
        }
        // The board keeps 56 edges: more than a citizen makes while a line comes back, less than this test could.
        if (waiting() > RING_PRESSES_MAX) await until('the gateway is back', () => waiting() <= 0, 20_000);
      }
      await until('what is certain has arrived', () => waiting() <= 0, 20_000).catch(() => undefined);
      // What arrived is a part of what was pressed, in order, and holds everything that is certain.
      const arrived = levelsOf(store);
      let at = 0;
      for (const { key, certain: sure } of pressed()) {
        if (arrived[at] === key) at += 1;
        else expect(sure, `press ${at + 1} of key ${key} is missing`).toBe(false);
      }
      expect(at).toBe(arrived.length);
      expect(arrived.length).toBeGreaterThan(PRESSES * 0.7);
    },
  );

  it('is acknowledged only after it is on disk, and is one event when the gateway died before', async () => {
    const board = await boardOf();
    const store = recordingStore();
    const first = gateway(board.line, store);
    await first.seen.until('the board is up', () => first.seen.presence.state === 'online');
    first.seen.holdCommits();
    board.press(3);
    await until('the key was let go', () => board.truth.edges.length >= 2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(board.lamps()[5], 'nobody is thanked yet').toBe(false);
    await first.stop();
    first.seen.releaseCommits();
    expect(store.occurrences).toEqual([]);
    const second = gateway(board.line, store);
    await second.seen.until('the press arrived', () => levelsOf(store).length > 0);
    await until('the citizen is thanked', () => board.lamps()[5] === true);
    expect(levelsOf(store)).toEqual([3]);
  });

  it('from before an evaluation was begun is a mark of its own, not that of the person who stands there now', async () => {
    const board = await boardOf();
    const { seen } = gateway(board.line);
    await seen.until('the board is up', () => seen.presence.state === 'online');
    await board.pullCable();
    await seen.until('the line is down', () => seen.presence.state === 'offline');
    board.press(2);
    await until('the key was let go', () => board.truth.edges.length >= 2);
    await board.plugIn();
    await seen.until('the press arrived', () => levelsOf(seen.store).length === 1);
    await seen.command('start-evaluation', { ticketNumber: 'A023' });
    board.press(5);
    await seen.until('the mark arrived', () => levelsOf(seen.store).length === 2);
    const tickets = seen.store.occurrences.filter(({ type }) => type === 'evaluation.submitted');
    expect(tickets.map(({ data }) => data['ticketNumber'])).toEqual([undefined, 'A023']);
  });

  it('is not awaited for ever: an evaluation without one ends as not rated, and its lamps go out', async () => {
    const board = await boardOf();
    const { seen } = gateway(board.line);
    await seen.until('the board is up', () => seen.presence.state === 'online');
    await seen.command('start-evaluation', { timeoutSeconds: 5 });
    expect(board.lamps().slice(0, 5)).toEqual([true, true, true, true, true]);
    await seen.until('it ended', () => seen.store.occurrences.some(({ type }) => type === 'evaluation.unrated'));
    await until('the lamps are out', () => !board.lamps().some(Boolean));
  });
});
