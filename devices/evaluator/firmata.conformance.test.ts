// The evaluator on a hall board, held to the promises of every driver: the shipped firmware runs on an emulated chip.
import { startBoard } from '../../simulators/board/board.ts';
import { until } from '../../simulators/kit/until.ts';
import { conformance } from '../conformance.ts';
import { firmata } from './firmata.ts';

conformance(firmata, {
  offlineWithinMs: 5_000,
  refused: [
    { config: { line: 'board', keyMap: { 9: 5 } }, path: 'keyMap.9' },
    { config: { line: 'board', keyMap: { 1: 6 } }, path: 'keyMap.1' },
    { config: { line: 'board', pins: 3 }, path: 'pins' },
    { config: { line: 'board', stock: { keys: { 1: 4, 2: 4 } } }, path: 'stock' },
  ],
  async makeRig({ pluggedIn }) {
    const board = await startBoard({ port: { type: 'tcp' }, profile: 'evaluator' });
    if (!pluggedIn) await board.pullCable();
    const { line } = board;
    if (line.type !== 'tcp') throw new Error('the board stands behind a serial server');
    // A beep is over before a busy machine looks again.
    const beeps: boolean[] = [];
    const listening = setInterval(() => beeps.push(board.buzzer()), 5);
    return {
      config: { line: 'board', sameEvaluationMs: 0 },
      lines: { board: { ...line, connectTimeoutMs: 500 } },
      plugIn: () => board.plugIn(),
      pullCable: () => board.pullCable(),
      async act(nth) {
        const done = board.truth.edges.length + 2;
        board.press((nth % 5) + 1, { bounceMs: 4, heldMs: 40 });
        await until('the key came to rest', () => board.truth.edges.length >= done);
      },
      expected: () =>
        board.truth.edges
          .filter(({ edge }) => edge === 'pressed')
          .map(({ key }) => ({ type: 'evaluation.submitted', data: { level: key, levelsOffered: [1, 2, 3, 4, 5] } })),
      trouble(how) {
        board.faults.split = how === 'one-byte-at-a-time' ? 'every-byte' : 'none';
        board.faults.glueMs = how === 'glued' ? 60 : 0;
        board.faults.corrupt = how === 'noise' ? 0.01 : 0;
      },
      commands: [
        { name: 'start-evaluation', input: {}, carriedOut: () => board.lamps().slice(0, 5).every(Boolean) },
        { name: 'cancel-evaluation', input: {}, carriedOut: () => !board.lamps().some(Boolean) },
        { name: 'beep', input: {}, carriedOut: () => beeps.some(Boolean) },
      ],
      async close() {
        clearInterval(listening);
        await board.close();
      },
    };
  },
});
