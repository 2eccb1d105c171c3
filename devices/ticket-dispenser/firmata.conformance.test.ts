// The button panel on a hall board, held to the promises of every driver, with the shipped firmware.
import { startBoard } from '../../simulators/board/board.ts';
import { until } from '../../simulators/kit/until.ts';
import { conformance } from '../conformance.ts';
import { firmata } from './firmata.ts';

const KEYS = [
  { key: 1, code: 'GS01', name: '工商业务' },
  { key: 3, code: 'SS01', name: '社保业务' },
  { key: 8, code: 'YB01', name: '医保业务' },
];

conformance(firmata, {
  offlineWithinMs: 5_000,
  refused: [
    { config: { line: 'board', keys: [] }, path: 'keys' },
    { config: { line: 'board', keys: [{ key: 9, code: 'A', name: '甲' }] }, path: 'keys.0.key' },
    { config: { line: 'board', keys: [KEYS[0], { ...KEYS[1], key: 1 }] }, path: 'keys.1.key' },
    { config: { line: 'board', keys: KEYS, buttons: 1 }, path: 'buttons' },
  ],
  async makeRig({ pluggedIn }) {
    const board = await startBoard({ port: { type: 'tcp' }, profile: 'button-panel' });
    if (!pluggedIn) await board.pullCable();
    const { line } = board;
    if (line.type !== 'tcp') throw new Error('the board stands behind a serial server');
    const lamp = () => board.lamps()[1] === true;
    return {
      config: { line: 'board', keys: KEYS, paperSensor: true },
      lines: { board: { ...line, connectTimeoutMs: 500 } },
      plugIn: () => board.plugIn(),
      pullCable: () => board.pullCable(),
      async act(nth) {
        const done = board.truth.edges.length + 2;
        board.press(KEYS[nth % KEYS.length]?.key ?? 1, { bounceMs: 5, heldMs: 40 });
        await until('the key came to rest', () => board.truth.edges.length >= done);
      },
      expected: () =>
        board.truth.edges.flatMap(({ key, edge }) => {
          const found = KEYS.find((each) => each.key === key);
          if (edge === 'released' || !found) return [];
          const businessType = { code: found.code, name: found.name };
          return [{ type: 'ticket.requested', data: { businessType, source: 'button' } }];
        }),
      trouble(how) {
        board.faults.split = how === 'one-byte-at-a-time' ? 'every-byte' : 'none';
        board.faults.glueMs = how === 'glued' ? 60 : 0;
        board.faults.corrupt = how === 'noise' ? 0.01 : 0;
      },
      commands: [
        { name: 'disable', input: {}, carriedOut: () => !lamp() },
        { name: 'enable', input: {}, carriedOut: lamp },
        { name: 'show-business', input: { businesses: [] }, carriedOut: () => true },
      ],
      close: () => board.close(),
    };
  },
});
