// The promises of every driver, kept by Modbus boards on each way to their wires. What a board "says" is that it lost its text.
import { describe } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import { startModbusBoards, type BoardPort } from '../../simulators/led-board/modbus-board.ts';
import { until } from '../../simulators/kit/until.ts';
import { conformance, type Rig } from '../conformance.ts';
import { modbus } from './modbus.ts';

const UNIT = 5;
const IDLE = '暂停服务';
const TIMES = { responseTimeoutMs: 150, lateAnswerMs: 200 };
const SETTLED_MS = 1_500;

async function makeRig(port: BoardPort, pluggedIn: boolean): Promise<Rig> {
  const boards = await startModbusBoards({ units: [UNIT, 6], ports: [port] });
  if (!pluggedIn) await boards.pullCable();
  const board = boards.board(UNIT);
  const [line] = boards.lines;
  const framing = line?.type === 'tcp' ? { framing: line.modbus.framing } : {};
  const settings = lineSettingsSchema.parse({ ...line, modbus: { ...framing, ...TIMES } });
  const isTcp = line?.type === 'tcp' && line.modbus.framing === 'tcp';
  let noisy = false;
  let acts = 0;
  /** The board shows its text, and was read back and asked once more since: the driver has seen it. */
  const settled = async () => {
    await until('the idle text shows', () => board.shown.text === IDLE, SETTLED_MS);
    const from = boards.heard.length;
    await until(
      'it was polled',
      () => boards.heard.slice(from).filter(({ code }) => code === 3).length > 1,
      SETTLED_MS,
    );
  };
  return {
    config: {
      line: 'boards-a',
      unit: UNIT,
      profile: 'gb2312',
      bytesMax: 32,
      idleText: IDLE,
      pollMs: 100,
      refreshMs: 100,
    },
    lines: { 'boards-a': settings },
    plugIn: () => boards.plugIn(),
    pullCable: () => boards.pullCable(),
    async act() {
      if (noisy) boards.noise(7);
      if (acts === 0) await settled().catch(() => undefined);
      acts += 1;
      board.cutPower();
      board.restorePower();
      await settled().catch(() => undefined);
    },
    expected: () => Array.from({ length: acts }, () => ({ type: 'board.restarted', data: { areas: ['main'] } })),
    trouble(how) {
      boards.faults.split = how === 'one-byte-at-a-time' ? 'every-byte' : 'none';
      boards.faults.glueMs = how === 'glued' ? 20 : 0;
      noisy = how === 'noise' && !isTcp;
      boards.faults.corrupt = noisy ? 0.001 : 0;
      boards.faults.duplicate = how === 'noise' ? 0.2 : 0;
    },
    commands: [
      {
        name: 'show-text',
        input: { text: '请稍候', colour: 'green' },
        carriedOut: () => board.shown.colour === 'green',
      },
      {
        name: 'show-call',
        input: { ticketNumber: 'A023', window: '5' },
        carriedOut: () => board.shown.text === '请A023号到5号窗口办理',
      },
      { name: 'clear', input: {}, carriedOut: () => board.shown.text === IDLE },
      { name: 'set-brightness', input: { percent: 60 }, carriedOut: () => board.shown.brightness === 60 },
      { name: 'set-power', input: { power: 'off' }, carriedOut: () => !board.shown.lit },
      { name: 'set-time', input: {}, carriedOut: () => board.shown.clock !== undefined },
    ],
    close: () => boards.close(),
  };
}

const map = { text: { start: 16, bytesMax: 32 } };
const base = { line: 'boards-a', unit: 5, profile: 'custom' };

describe.each([
  ['serial port', { type: 'pty' }],
  ['serial server', { type: 'tcp', framing: 'rtu' }],
  ['Modbus TCP gateway', { type: 'tcp', framing: 'tcp' }],
] as const)('behind a %s', (_name, port) => {
  conformance(modbus, {
    makeRig: ({ pluggedIn }) => makeRig(port, pluggedIn),
    offlineWithinMs: 2_000,
    refused: [
      { config: { line: 'boards-a', unit: 0, profile: 'gb2312' }, path: 'unit' },
      { config: { line: 'boards-a', unit: 248, profile: 'gb2312' }, path: 'unit' },
      { config: { line: 'boards-a', unit: 5, profile: 'onbon' }, path: 'profile' },
      { config: base, path: 'map' },
      { config: { ...base, profile: 'gb2312', map }, path: 'map' },
      { config: { ...base, map: { text: { ...map.text, start: 70_000 } } }, path: 'map.text.start' },
      { config: { ...base, map: { text: { ...map.text, start: 65_530 } } }, path: 'map.text.bytesMax' },
      { config: { ...base, map: { text: { ...map.text, terminator: '0' } } }, path: 'map.text.terminator' },
      { config: { ...base, map: { text: { ...map.text, order: 'big' } } }, path: 'map.text.order' },
      { config: { ...base, map: { ...map, control: { register: 20, show: 1 } } }, path: 'map.control.register' },
      { config: { ...base, map: { ...map, clock: { start: 12 } } }, path: 'map.clock.start' },
      { config: { ...base, map: { ...map, blockRegisters: 124 } }, path: 'map.blockRegisters' },
      { config: { ...base, map: { ...map, read: 'none' } }, path: 'map.presence' },
      {
        config: { ...base, map: { ...map, colour: { register: 2, values: { pink: 1 } } } },
        path: 'map.colour.values.pink',
      },
      { config: { ...base, map, idleText: '请耐心等待工作人员为您办理业务谢谢' }, path: 'idleText' },
      { config: { line: 'boards-a', unit: 5, profile: 'led-485', idleText: '欢迎' }, path: 'idleText' },
      { config: { line: 'boards-a', unit: 5, profile: 'led-485', bytesMax: 9 }, path: 'bytesMax' },
    ],
  });
});
