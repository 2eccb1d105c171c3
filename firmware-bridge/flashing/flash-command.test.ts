// Flashing with the real avrdude against a simulated boot loader.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import samples from '../firmware/frames.json' with { type: 'json' };
import { startOptiboot, type OptibootOptions } from '../../simulators/board/optiboot.ts';
import { requireTool } from '../../simulators/kit/tools.ts';
import { runFlash, type FlashOptions } from './flash-command.ts';

const avrdude = requireTool('avrdude');
const HEX = new URL('../firmware/hall-board.hex', import.meta.url);
const FIRMWARE_NAME = Uint8Array.of(0xf0, 0x79, 2, 5, 0x78, 0, 0xf7);

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function boardOf(options: Partial<OptibootOptions> = {}) {
  const board = await startOptiboot({ port: { type: 'tcp' }, ...options });
  closers.push(() => board.close());
  if (board.line.type !== 'tcp') throw new Error('the board stands behind a serial server');
  return { board, port: `net:${board.line.host}:${board.line.port}` };
}

async function flash(port: string, options: Partial<FlashOptions> = {}) {
  let said = '';
  const stdout = { write: (text: string) => (said += text) };
  const code = await runFlash(port, { force: false, stdout, avrdude, waitMs: 700, ...options });
  return { code, said };
}

/** A board that answers as a hall board does, once it was asked who it is. */
function hallBoard(asked: Uint8Array): Uint8Array | undefined {
  const hex = samples.find(({ name }) => name === 'identity')?.hex ?? '';
  return asked[1] === 0x01 ? Buffer.from(hex.replaceAll(' ', ''), 'hex') : undefined;
}

/** The first bytes of the shipped program, from its first record. */
function firstBytes(): string {
  const [first = ''] = readFileSync(HEX, 'latin1').split('\n');
  return first.slice(9, 9 + 2 * parseInt(first.slice(1, 3), 16)).toLowerCase();
}

describe.skipIf(!avrdude)('flashing a board', () => {
  it('writes and verifies the shipped firmware on a hall board, and says which one it is', async () => {
    const { board, port } = await boardOf({ program: hallBoard });
    const { code, said } = await flash(port);
    expect(code, said).toBe(0);
    expect(said).toContain('EV-0007');
    expect(said).toMatch(/100%/);
    expect(Buffer.from(board.flash).toString('hex').startsWith(firstBytes())).toBe(true);
    expect(board.pagesWritten()).toBeGreaterThan(30);
  });

  it('refuses a board that does not answer, in both languages, unless it is told to', async () => {
    const { board, port } = await boardOf();
    const refused = await flash(port);
    expect(refused.code).toBe(1);
    expect(refused.said).toContain('不是大厅板');
    expect(refused.said).toContain('--force');
    expect(board.pagesWritten()).toBe(0);
    expect((await flash(port, { force: true })).code).toBe(0);
    expect(board.pagesWritten()).toBeGreaterThan(30);
  });

  it('refuses to replace another program', async () => {
    const { board, port } = await boardOf({ program: (asked) => (asked.includes(0x79) ? FIRMWARE_NAME : undefined) });
    const { code, said } = await flash(port);
    expect(code).toBe(1);
    expect(said).toContain('Another program answers');
    expect(board.pagesWritten()).toBe(0);
  });

  it('writes nothing to another chip', async () => {
    const { board, port } = await boardOf({ signature: [0x1e, 0x98, 0x01] });
    const { code, said } = await flash(port, { force: true });
    expect(code).toBe(1);
    expect(said).toContain('芯片不是 ATmega328P');
    expect(board.pagesWritten()).toBe(0);
  });

  it('can be repeated after the cable was pulled in the middle', { timeout: 60_000 }, async () => {
    const { board, port } = await boardOf();
    board.cutAfterPages(20);
    const cut = await flash(port, { force: true, timeoutMs: 3_000 });
    expect(cut.code).toBe(1);
    expect(cut.said).toContain('--force');
    await board.plugIn();
    const repeated = await flash(port, { force: true });
    expect(repeated.code, repeated.said).toBe(0);
    expect(Buffer.from(board.flash).toString('hex').startsWith(firstBytes())).toBe(true);
  });

  it('says how to install avrdude where it is missing', async () => {
    const { port } = await boardOf();
    const { code, said } = await flash(port, { force: true, avrdude: '/nowhere/avrdude' });
    expect(code).toBe(1);
    expect(said).toContain('apt install avrdude');
  });
});
