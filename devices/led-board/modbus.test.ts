// What is special about Modbus boards: other people's maps, boards that only listen, what does not fit, and boards that were off.
import { afterEach, describe, expect, it } from 'vitest';
import { lineSettingsSchema } from '../../gateway/kernel/line-settings.ts';
import {
  startModbusBoards,
  type ModbusBoards,
  type ModbusBoardsOptions,
} from '../../simulators/led-board/modbus-board.ts';
import { LED_485, type BoardMap } from '../../simulators/led-board/modbus-maps.ts';
import { recordingHall, until, type RecordingHall, type SharedThings } from '../recording-hall.ts';
import { ledBoard, type LedBoard } from './kind.ts';
import { modbus } from './modbus.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const TIMES = { responseTimeoutMs: 100, lateAnswerMs: 150 };

interface Setting {
  boards: ModbusBoards;
  start: (unit: number, config: object) => RecordingHall<LedBoard>;
}

async function hallWith(options: Partial<ModbusBoardsOptions> = {}): Promise<Setting> {
  const boards = await startModbusBoards({ units: [5, 6], ports: [{ type: 'tcp', framing: 'rtu' }], ...options });
  closers.push(() => boards.close());
  const [line] = boards.lines;
  const framing = line?.type === 'tcp' ? { framing: line.modbus.framing } : {};
  const lines = { 'boards-a': lineSettingsSchema.parse({ ...line, modbus: { ...framing, ...TIMES } }) };
  const shared: SharedThings = new Map();
  const start = (unit: number, config: object) => {
    const seen = recordingHall(ledBoard, { device: `board-${unit}`, window: '5', lines, shared });
    const settings = modbus.config.parse({ line: 'boards-a', unit, pollMs: 100, refreshMs: 100, ...config });
    const ended = modbus.run(settings, seen.hall);
    closers.push(async () => {
      seen.stop();
      await ended;
    });
    return seen;
  };
  return { boards, start };
}

const isOnline = (seen: RecordingHall<LedBoard>) => seen.until('it is online', () => seen.presence.state === 'online');

describe('a seven-segment board that only listens', () => {
  it('shows the number of a call, and nothing after it was cleared', async () => {
    const { boards, start } = await hallWith({ map: LED_485 });
    const seen = start(5, { profile: 'led-485' });
    await isOnline(seen);
    await seen.command('show-call', { ticketNumber: 'A023' });
    expect(boards.board(5).shown.text).toBe('A023');
    await seen.command('show-text', { text: '7' });
    expect(boards.board(5).shown.text).toBe('7');
    await seen.command('clear', {});
    expect(boards.board(5).shown.text).toBe('');
  });

  it('refuses what its map has nothing for, and what it has no characters for', async () => {
    const { start } = await hallWith({ map: LED_485 });
    const seen = start(5, { profile: 'led-485', bytesMax: 4 });
    await isOnline(seen);
    await expect(seen.command('set-brightness', { percent: 50 })).rejects.toMatchObject({
      code: 'modbus.profile-lacks',
    });
    await expect(seen.command('set-power', { power: 'off' })).rejects.toMatchObject({ code: 'modbus.profile-lacks' });
    await expect(seen.command('set-time', {})).rejects.toMatchObject({ code: 'modbus.profile-lacks' });
    await expect(seen.command('show-text', { text: 'A0二3' })).rejects.toMatchObject({
      code: 'board.text-unencodable',
      facts: { character: 3 },
    });
    await expect(seen.command('show-text', { text: 'A0234' })).rejects.toMatchObject({
      code: 'board.text-too-long',
      facts: { character: 4, bytes: 5, bytesMax: 4 },
    });
  });

  it('shows its text again after a short loss of power that nobody could see', async () => {
    const { boards, start } = await hallWith({ map: LED_485 });
    const seen = start(5, { profile: 'led-485' });
    await isOnline(seen);
    await seen.command('show-call', { ticketNumber: 'A023' });
    boards.board(5).cutPower();
    boards.board(5).restorePower();
    await until('it shows again', () => boards.board(5).shown.text === 'A023');
    expect(seen.store.occurrences).toEqual([]);
  });
});

describe('a board that only listens and was without power for a while', () => {
  it('never shows a call again whose time was over meanwhile', async () => {
    const { boards, start } = await hallWith({ map: LED_485 });
    const seen = start(5, { profile: 'led-485', idleText: '-' });
    await isOnline(seen);
    await seen.command('show-call', { ticketNumber: 'A023', showSeconds: 1 });
    boards.board(5).cutPower();
    await seen.until('it is missed', () => seen.presence.state === 'offline');
    await seen.until('the time is over', () => ledBoard.state.parse(seen.states.at(-1)).areas[0]?.text === '-');
    const before = boards.truth.length;
    boards.board(5).restorePower();
    await until('it shows something', () => boards.board(5).shown.text === '-', 10_000);
    expect(boards.truth.slice(before).map(({ text }) => text)).not.toContain('A023');
  });
});

describe('a board with a map of its own', () => {
  const vendor: BoardMap = {
    name: 'vendor',
    text: { start: 100, registers: 20, encoding: 'gbk', lowByteFirst: true },
    control: { register: 90, show: 0x55, clear: 0xaa },
    brightness: { register: 91, max: 15 },
    functions: [4, 6],
  };
  const map = {
    write: 'fc6',
    read: 'fc4',
    text: { start: 100, bytesMax: 40, byteOrder: 'low-first', terminator: '00', pad: 0, charset: 'gbk' },
    control: { register: 90, show: 0x55, clear: 0xaa },
    brightness: { register: 91, darkest: 0, brightest: 15 },
  };

  it('is written as its manual says: one register at a time, low byte first, control last', async () => {
    const { boards, start } = await hallWith({ map: vendor });
    const seen = start(5, { profile: 'custom', map });
    await isOnline(seen);
    await until('it was cleared at first', () => boards.board(5).register(90) === 0xaa);
    const from = boards.heard.length;
    await seen.command('show-text', { text: '請A1' });
    expect(boards.board(5).shown.text).toBe('請A1');
    const writes = boards.heard.slice(from).filter(({ code }) => code === 6);
    expect(writes.map(({ start: register }) => register)).toEqual([100, 101, 102, 90]);
    expect(boards.heard.slice(from).some(({ code }) => code === 3 || code === 16)).toBe(false);
  });

  it('takes the nearest step of brightness, and says which', async () => {
    const { boards, start } = await hallWith({ map: vendor });
    const seen = start(5, { profile: 'custom', map });
    await isOnline(seen);
    await expect(seen.command('set-brightness', { percent: 50 })).resolves.toEqual({ percent: 53 });
    expect(boards.board(5).shown.brightness).toBe(8);
  });

  it('refuses a register that it does not have, and the error names it', async () => {
    const { start } = await hallWith({ map: vendor });
    const seen = start(5, { profile: 'custom', map: { ...map, lengthRegister: 99 } });
    await isOnline(seen);
    await expect(seen.command('show-text', { text: 'A1' })).rejects.toMatchObject({
      code: 'modbus.refused',
      facts: { exception: 2, register: 99 },
    });
  });
});

describe('a Chinese text board', () => {
  it('writes a long text in pieces, and the control register last', async () => {
    const { boards, start } = await hallWith();
    const seen = start(5, { profile: 'gb2312' });
    await isOnline(seen);
    await until('it was cleared at first', () => boards.board(5).register(0) === 2);
    const text = '请到综合窗口办理。'.repeat(14);
    const from = boards.heard.length;
    await seen.command('show-text', { text, colour: 'yellow', effect: 'left' });
    expect(boards.board(5).shown).toMatchObject({ text, colour: 'yellow', effect: 'left' });
    const writes = boards.heard.slice(from).filter(({ code }) => code === 16);
    expect(writes.map(({ start: register }) => register)).toEqual([16, 139, 2, 0]);
  });

  it('does not show a character that its fonts lack', async () => {
    const { boards, start } = await hallWith();
    const seen = start(5, { profile: 'gb2312' });
    await isOnline(seen);
    await expect(seen.command('show-text', { text: '请張三' })).rejects.toMatchObject({
      code: 'board.text-unencodable',
      facts: { character: 2, charset: 'gb2312' },
    });
    expect(boards.truth).toEqual([]);
  });

  it('is offline while it is off, fails its calls at once, and shows what stood there when it is on again', async () => {
    const { boards, start } = await hallWith();
    const seen = start(5, { profile: 'gb2312' });
    const neighbour = start(6, { profile: 'gb2312' });
    await Promise.all([isOnline(seen), isOnline(neighbour)]);
    await seen.command('show-text', { text: '暂停服务' });
    boards.board(5).cutPower();
    await seen.until('it is offline', () => seen.presence.state === 'offline');
    expect(seen.presence).toMatchObject({ reason: { code: 'modbus.no-answer' } });
    await expect(seen.command('show-call', { ticketNumber: 'A001' })).rejects.toMatchObject({
      code: 'modbus.unit-resting',
    });
    await neighbour.command('show-call', { ticketNumber: 'A002' });
    expect(boards.board(6).shown.text).toBe('请A002号到5号窗口办理');
    boards.board(5).restorePower();
    await until('it shows its text again', () => boards.board(5).shown.text === '暂停服务');
    await seen.until('it is said', () => seen.store.occurrences.length === 1);
    expect(seen.store.occurrences[0]).toMatchObject({
      type: 'board.restarted',
      data: { window: '5', areas: ['main'] },
    });
    expect(boards.truth.map(({ text }) => text)).not.toContain('请A001号到5号窗口办理');
  }, 20_000);

  it('shows a call over a pair of wires at 9600 baud', async () => {
    const { boards, start } = await hallWith({ ports: [{ type: 'pty' }], baudRate: 9_600 });
    const seen = start(5, { profile: 'gb2312' });
    await isOnline(seen);
    await seen.command('show-call', { ticketNumber: 'A023' });
    expect(boards.board(5).shown.text).toBe('请A023号到5号窗口办理');
    expect(seen.states.at(-1)).toMatchObject({
      areas: [{ area: 'main', text: '请A023号到5号窗口办理', confirmed: true }],
    });
  });
});
