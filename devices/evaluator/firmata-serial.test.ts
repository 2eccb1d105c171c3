// A hall board on a serial port of the box: the shipped firmware on a pseudo-terminal, its runner a process of its own.
import { afterEach, describe, expect, it } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { startBoard } from '../../simulators/board/board.ts';
import { until } from '../../simulators/kit/until.ts';
import { recordingHall, type RecordingStore } from '../recording-hall.ts';
import { firmata } from './firmata.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A board on a serial port, and the driver that has reached it. */
async function deskWithBoard() {
  const board = await startBoard({ port: { type: 'pty' }, profile: 'evaluator', serial: 'EV-0007' });
  closers.push(() => board.close());
  const line = lineSettingsSchema.parse({ ...board.line, baudRate: 57_600 });
  const seen = recordingHall(firmata.kind, { window: '5', lines: { board: line } });
  const ended = firmata.run(firmata.config.parse({ line: 'board', sameEvaluationMs: 0 }), seen.hall);
  closers.push(async () => {
    seen.stop();
    await ended;
  });
  await seen.until('the board is up', () => seen.presence.state === 'online');
  /** Presses and lets go, and waits until the board must have stored it. */
  const press = async (key: number) => {
    const edges = board.truth.edges.length + 2;
    board.press(key, { bounceMs: 4, heldMs: 40 });
    await until('the key is at rest', () => board.truth.edges.length >= edges);
  };
  return { board, seen, press };
}

const levelsOf = ({ occurrences }: RecordingStore) =>
  occurrences.flatMap(({ type, data }) => (type === 'evaluation.submitted' ? [data['level']] : []));

describe('a press on a board at a serial port', () => {
  it('is an event, and the citizen is thanked', async () => {
    const { board, seen, press } = await deskWithBoard();
    expect(seen.identity.serial).toBe('EV-0007');
    await press(4);
    await seen.until('the press arrived', () => levelsOf(seen.store).length === 1);
    expect(levelsOf(seen.store)).toEqual([4]);
    await until('the citizen is thanked', () => board.lamps()[5] === true);
  });

  it('outlives a power cut of the board before it was safe here', async () => {
    const { board, seen, press } = await deskWithBoard();
    seen.holdCommits();
    for (const key of [1, 2, 3]) await press(key);
    board.cutPower();
    await seen.until('the board is missed', () => seen.presence.state !== 'online');
    board.powerOn();
    seen.releaseCommits();
    await seen.until('the board is back', () => seen.presence.state === 'online');
    await press(4);
    await seen.until('all presses arrived', () => levelsOf(seen.store).length >= 4);
    expect(levelsOf(seen.store)).toEqual([1, 2, 3, 4]);
    expect(seen.log.map(({ event }) => event)).not.toContain('hall-board.records-missing');
  });

  it('while the cable is out, and the power fails too, arrives when both are back', async () => {
    const { board, seen, press } = await deskWithBoard();
    await board.pullCable();
    await seen.until('the line is down', () => seen.presence.state === 'offline');
    for (const key of [5, 2]) await press(key);
    board.cutPower();
    board.powerOn();
    await board.plugIn();
    await seen.until('both presses arrived', () => levelsOf(seen.store).length >= 2);
    expect(levelsOf(seen.store)).toEqual([5, 2]);
    await press(3);
    await seen.until('the next one too', () => levelsOf(seen.store).length >= 3);
    expect(levelsOf(seen.store)).toEqual([5, 2, 3]);
    expect(seen.log.map(({ event }) => event)).not.toContain('hall-board.records-missing');
  });
});
