// Presses on a hall board through power cuts of the board, restarts of the gateway and broken lines.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startBoard, type BoardOptions } from '../../simulators/board/board.ts';
import type { TrueEdge } from '../../simulators/board/edge-truth.ts';
import { seededRandom } from '../../simulators/kit/random.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall, recordingStore, type RecordingStore } from '../recording-hall.ts';
import { firmata } from './firmata.ts';

/** The full trial (two minutes) is run by CI, and by `HALL_TRIAL_PRESSES=1000 npx vitest run devices/evaluator/firmata-presses`. */
const PRESSES = Number(process.env['HALL_TRIAL_PRESSES'] ?? (process.env['CI'] ? 1_000 : 100));
const SEED = Number(process.env['HALL_TRIAL_SEED'] ?? 7);
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

/**
 * Lays what arrived beside what was pressed, in order: the presses that are not among what arrived, and how much arrived that was
 * never pressed, twice, or out of order.
 */
function laidBeside(pressed: readonly TrueEdge[], arrived: readonly unknown[]) {
  let at = 0;
  const missing = pressed.filter(({ key }) => {
    if (arrived[at] !== key) return true;
    at += 1;
    return false;
  });
  return { missing, extra: arrived.length - at };
}

describe('a press on a hall board', () => {
  it(
    'is recorded once and in order, whatever loses its power or its line',
    { timeout: 60_000 + PRESSES * 400 },
    async () => {
      const random = seededRandom(SEED);
      const board = await boardOf({ seed: SEED });
      const store = recordingStore();
      let running = gateway(board.line, store);
      await running.seen.until('the board is up', () => running.seen.presence.state === 'online');
      const pressed = () => board.truth.edges.filter(({ edge }) => edge === 'pressed');
      const certainAndMissing = () =>
        laidBeside(pressed(), levelsOf(store)).missing.filter(({ certain }) => certain).length;
      const allArrived = () => until('what is certain has arrived', () => certainAndMissing() === 0, 30_000);
      for (let nth = 0; nth < PRESSES; nth += 1) {
        board.press((nth % KEYS) + 1, { bounceMs: 6, heldMs: 30 });
        await sleep(random.int(60, 160));
        const trouble = random.next();
        if (trouble < 0.1) {
          board.cutPower();
          board.powerOn();
          await sleep(60);
        } else if (trouble < 0.18) {
          await running.stop();
          running = gateway(board.line, store);
        } else if (trouble < 0.26) {
          await board.pullCable();
          await board.plugIn();
        }
        // The board keeps 56 edges: more than a citizen makes while a line comes back, less than this test could.
        if (certainAndMissing() > RING_PRESSES_MAX) await allArrived();
      }
      await until('the truth about the last press is out', () => pressed().length === PRESSES);
      await allArrived().catch(() => undefined);
      const arrived = levelsOf(store);
      const { missing, extra } = laidBeside(pressed(), arrived);
      expect(missing.filter(({ certain }) => certain)).toEqual([]);
      expect(extra, 'doubled, invented or out of order').toBe(0);
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
