// Giving a board its serial number: the shipped firmware on the emulated chip, on a serial port and behind a serial server.
import { expect, describe, it, onTestFinished } from 'vitest';
import { createEmulatedBoard } from '../../simulators/board/emulated-board.ts';
import { startBoard, type BoardOptions } from '../../simulators/board/board.ts';
import { startOptiboot } from '../../simulators/board/optiboot.ts';
import { frameBytes } from '../../simulators/board/wire-codec.ts';
import { requireTool } from '../../simulators/kit/tools.ts';
import { runFlash, type FlashOptions } from './flash-command.ts';

const avrdude = requireTool('avrdude');
const WAIT_MS = 3_000;
const SET_SETTING = 0x0a;
const DONE = 0x0e;

async function boardOf(options: Partial<BoardOptions> = {}) {
  const board = await startBoard({ port: { type: 'tcp' }, ...options });
  onTestFinished(() => board.close());
  const { line } = board;
  return { board, port: line.type === 'tcp' ? `net:${line.host}:${line.port}` : line.path };
}

async function flash(port: string, options: Partial<FlashOptions>) {
  let said = '';
  const stdout = { write: (text: string) => (said += text) };
  const code = await runFlash(port, { force: false, stdout, avrdude: '/nowhere/avrdude', waitMs: WAIT_MS, ...options });
  return { code, said };
}

describe('a board that has the shipped firmware', () => {
  it.each(['tcp', 'pty'] as const)('is called what it is to be called, without being written (%s)', async (type) => {
    const { board, port } = await boardOf({ port: { type }, resetOnConnect: true });
    const given = await flash(port, { serial: 'EV-0007' });
    expect(given.code, given.said).toBe(0);
    expect(given.said).toContain('— → EV-0007');
    expect(Buffer.from(board.eeprom()).toString('latin1')).toContain('EV-0007\0');
    const changed = await flash(port, { serial: 'Window 12 / left' });
    expect(changed.code, changed.said).toBe(0);
    expect(changed.said).toContain('EV-0007 → Window 12 / left');
    board.cutPower();
    board.powerOn();
    const again = await flash(port, { serial: 'Window 12 / left' });
    expect(again.said).toContain('Window 12 / left → Window 12 / left');
  });

  it('is written again when it is told to', async () => {
    const { port } = await boardOf();
    const { code, said } = await flash(port, { serial: 'EV-0007', force: true });
    expect(code).toBe(1);
    expect(said).toContain('apt install avrdude');
    expect(said).not.toContain('→');
  });
});

it.each(['', '12345678901234567', ' EV-1', 'EV-1 ', '窗口-1', 'EV\t1', 'EV\n'])(
  'refuses %j as a serial number before the board is asked',
  async (serial) => {
    const { code, said } = await flash('/nowhere/port', { serial });
    expect(code).toBe(1);
    expect(said).toContain('序列号格式不对');
  },
);

interface Interference {
  /** What the board hears of a question. */
  hear?: (asked: Uint8Array) => Uint8Array;
  /** What comes of its answer. */
  say?: (asked: Uint8Array, answer: Uint8Array) => Uint8Array;
}

const asIs = (bytes: Uint8Array) => bytes;

/** An Optiboot that starts the emulated firmware when it is asked in Firmata's words: time passes only then. */
async function boardWithBootLoader({ hear = asIs, say = (_, answer) => answer }: Interference = {}) {
  let said: number[] = [];
  const board = createEmulatedBoard({ profile: 'evaluator', onByte: (byte) => said.push(byte) });
  board.advance(600);
  const optiboot = await startOptiboot({
    port: { type: 'tcp' },
    program(asked) {
      board.receive(hear(asked));
      board.advance(500);
      const bytes = Uint8Array.from(said);
      said = [];
      return say(asked, bytes);
    },
  });
  onTestFinished(() => optiboot.close());
  if (optiboot.line.type !== 'tcp') throw new Error('the board stands behind a serial server');
  return { optiboot, board, port: `net:${optiboot.line.host}:${optiboot.line.port}` };
}

it.skipIf(!avrdude)('a board is written, verified and called in one go', { timeout: 30_000 }, async () => {
  const { optiboot, board, port } = await boardWithBootLoader();
  const { code, said } = await flash(port, { serial: 'EV-0007', force: true, avrdude });
  expect(code, said).toBe(0);
  expect(said).toMatch(/written and verified[^]*— → EV-0007[^]*hall board EV-0007, evaluator/);
  expect(optiboot.pagesWritten()).toBeGreaterThan(30);
  expect(Buffer.from(board.eeprom()).toString('latin1')).toContain('EV-0007\0');
});

it(
  'a board is called what it is to be called, though the line swallows its confirmation',
  { timeout: 20_000 },
  async () => {
    let swallowed = 0;
    const { port } = await boardWithBootLoader({
      say([, command], answer) {
        if (command !== SET_SETTING || swallowed > 0) return answer;
        swallowed += 1;
        return new Uint8Array();
      },
    });
    const { code, said } = await flash(port, { serial: 'EV-0007' });
    expect(code, said).toBe(0);
    expect(swallowed).toBe(1);
  },
);

it('a board that confirms a serial number and does not keep it is found out', { timeout: 20_000 }, async () => {
  const { port } = await boardWithBootLoader({
    hear: (asked) => (asked[1] === SET_SETTING ? new Uint8Array() : asked),
    say: ([, command, tag = 0], answer) =>
      command === SET_SETTING ? frameBytes({ command: DONE, tag, payload: [SET_SETTING] }) : answer,
  });
  const { code, said } = await flash(port, { serial: 'EV-0008' });
  expect(code).toBe(1);
  expect(said).toContain('没有保存住序列号');
});
