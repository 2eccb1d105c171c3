// The window display on a hall board, held to the promises of every driver. What a board "says" is that it lost its text.
import { describe, expect, it } from 'vitest';
import { startBoard } from '../../simulators/board/board.ts';
import { until } from '../../simulators/kit/until.ts';
import { conformance } from '../conformance.ts';
import { firmata } from './firmata.ts';
import { checkShowable } from './firmata-text.ts';

const SETTLED_MS = 4_000;

conformance(firmata, {
  offlineWithinMs: 5_000,
  refused: [
    { config: { line: 'board', characters: 9 }, path: 'characters' },
    { config: { line: 'board', idleText: '欢迎' }, path: 'idleText' },
    { config: { line: 'board', display: 'digits', idleText: 'KM' }, path: 'idleText' },
    { config: { line: 'board', callTemplate: '{who}' }, path: 'callTemplate' },
  ],
  async makeRig({ pluggedIn }) {
    const board = await startBoard({ port: { type: 'tcp' }, profile: 'window-display', displays: 4 });
    if (!pluggedIn) await board.pullCable();
    const { line } = board;
    if (line.type !== 'tcp') throw new Error('the board stands behind a serial server');
    let acts = 0;
    const rows = () => board.display().rows.join();
    const idle = async (shown: string) => until('its idle text stands', () => rows() === shown, SETTLED_MS);
    let idleRows: string | undefined;
    /** A text that no command before has shown. */
    const pictures = new Set(['']);
    const changed = () => rows().includes('1') && pictures.size < pictures.add(rows()).size;
    return {
      config: { line: 'board', idleText: 'HI' },
      lines: { board: { ...line, connectTimeoutMs: 500 } },
      plugIn: () => board.plugIn(),
      pullCable: () => board.pullCable(),
      async act() {
        if (idleRows === undefined)
          await until('a text stands', () => rows().includes('1'), SETTLED_MS).catch(() => undefined);
        idleRows ??= rows();
        // As long as it takes to be seen by the driver as what it is: a text that was confirmed.
        await new Promise((resolve) => setTimeout(resolve, 100));
        acts += 1;
        board.cutPower();
        board.powerOn();
        await idle(idleRows).catch(() => undefined);
      },
      expected: () => Array.from({ length: acts }, () => ({ type: 'board.restarted', data: { areas: ['main'] } })),
      trouble(how) {
        board.faults.split = how === 'one-byte-at-a-time' ? 'every-byte' : 'none';
        board.faults.glueMs = how === 'glued' ? 30 : 0;
        board.faults.duplicate = how === 'noise' ? 0.05 : 0;
      },
      commands: [
        { name: 'show-text', input: { text: 'A012' }, carriedOut: changed },
        { name: 'show-call', input: { ticketNumber: 'B7' }, carriedOut: changed },
        { name: 'clear', input: {}, carriedOut: changed },
        { name: 'set-brightness', input: { percent: 100 }, carriedOut: () => board.display().brightness === 15 },
      ],
      close: () => board.close(),
    };
  },
});

describe('a text for a small display', () => {
  const digits = { display: 'digits', characters: 4 } as const;
  const matrix = { display: 'matrix', characters: 4 } as const;

  it.each([
    ['A012', matrix],
    ['1.2.3.4', digits],
    ['a-b', digits],
  ] as const)('is taken when every character has a place: %s', (text, places) => {
    expect(() => checkShowable(text, places)).not.toThrow();
  });

  it.each([
    ['A0123', matrix, 'place 5'],
    ['办', matrix, 'place 1'],
    ['1K', digits, 'place 2'],
    ['1..2', digits, 'place 2'],
  ] as const)('is refused with the place: %s', (text, places, place) => {
    expect(() => checkShowable(text, places)).toThrow(place);
  });

  it('is refused in another colour, or when it is to move', () => {
    const has = { colour: 'red' } as const;
    expect(() => checkShowable('1', matrix, { colour: 'green', effect: 'static' }, has)).toThrow('green');
    expect(() => checkShowable('1', matrix, { colour: 'red', effect: 'left' }, has)).toThrow('left');
  });
});
