// Flashing with the real avrdude against a simulated boot loader.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import samples from '../firmware/frames.json' with { type: 'json' };
import { programOf } from '../../simulators/board/intel-hex.ts';
import { startOptiboot, type OptibootOptions } from '../../simulators/board/optiboot.ts';
import { seededRandom } from '../../simulators/kit/random.ts';
import { requireTool } from '../../simulators/kit/tools.ts';
import { runFlash, type FlashOptions } from './flash-command.ts';

const avrdude = requireTool('avrdude');
const HEX = new URL('../firmware/hall-board.hex', import.meta.url);
const SHIPPED = new Uint8Array(programOf(readFileSync(HEX, 'latin1')).buffer).subarray(0, 0x7e00);
const FIRMWARE_NAME = Uint8Array.of(0xf0, 0x79, 2, 5, 0x78, 0, 0xf7);
const FOREIGN = seededRandom(5).bytes(2_000);

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

/** The program that would run now. */
const programOn = ({ flash }: { flash: Uint8Array }) => Buffer.from(flash.subarray(0, SHIPPED.length));

/** Another build: our firmware a few bytes further on, as a change of it would be. */
function olderFirmware(): Uint8Array {
  return Uint8Array.of(...SHIPPED.subarray(0, 60), 1, 2, 3, 4, ...SHIPPED.subarray(60, 16_000));
}

describe.skipIf(!avrdude)('flashing a board', () => {
  it('writes and verifies the shipped firmware on a hall board, and says which one it is', async () => {
    const { board, port } = await boardOf({ program: hallBoard, contents: olderFirmware() });
    const { code, said } = await flash(port);
    expect(code, said).toBe(0);
    expect(said).toContain('EV-0007');
    expect(said).toMatch(/Writing .*100%/);
    expect(programOn(board).subarray(0, 14_000).equals(SHIPPED.subarray(0, 14_000))).toBe(true);
    expect(board.pagesWritten()).toBeGreaterThan(30);
  });

  it('needs no permission for a board without any program', async () => {
    const { board, port } = await boardOf();
    const { code, said } = await flash(port);
    expect(code, said).toBe(0);
    expect(said).toMatch(/Reading .*100%/);
    expect(programOn(board).equals(SHIPPED)).toBe(true);
  });

  it.each([
    ['another program', FOREIGN],
    ['another program of less than a page', FOREIGN.subarray(0, 90)],
    ['another program whose first page was erased', Uint8Array.of(...new Uint8Array(128).fill(0xff), ...FOREIGN)],
  ])('refuses %s that does not answer, in both languages', async (_, contents) => {
    const { board, port } = await boardOf({ contents });
    const refused = await flash(port);
    expect(refused.code).toBe(1);
    expect(refused.said).toContain('不是大厅板');
    expect(refused.said).toContain('--force');
    expect(board.pagesWritten()).toBe(0);
    expect(programOn(board).indexOf(contents)).toBe(0);
  });

  it('replaces another program when it is told to', async () => {
    const { board, port } = await boardOf({ contents: FOREIGN });
    const { code, said } = await flash(port, { force: true });
    expect(code, said).toBe(0);
    expect(said).not.toContain('Reading what is in its flash');
    expect(board.pagesWritten()).toBeGreaterThan(30);
  });

  it('refuses to replace another program that answers, without looking into its flash', async () => {
    const { board, port } = await boardOf({ program: (asked) => (asked.includes(0x79) ? FIRMWARE_NAME : undefined) });
    const { code, said } = await flash(port);
    expect(code).toBe(1);
    expect(said).toContain('Another program answers');
    expect(said).not.toContain('Reading |');
    expect(board.pagesWritten()).toBe(0);
  });

  it.each([false, true])('writes nothing to another chip (forced: %s)', async (force) => {
    const { board, port } = await boardOf({ signature: [0x1e, 0x98, 0x01] });
    const { code, said } = await flash(port, { force });
    expect(code).toBe(1);
    expect(said).toContain('芯片不是 ATmega328P');
    expect(board.pagesWritten()).toBe(0);
  });

  it.each([
    ['a blank board', 'in the middle', 20, {}],
    ['a board that was interrupted before', 'in the first page', 0, { contents: SHIPPED.subarray(0, 2_000) }],
    ['a hall board', 'in the first page', 0, { program: hallBoard, contents: olderFirmware() }],
  ] satisfies [string, string, number, Partial<OptibootOptions>][])(
    'is simply repeated after the cable of %s was pulled %s',
    { timeout: 60_000 },
    async (_, __, pages, options) => {
      const { board, port } = await boardOf(options);
      board.cutAfterPages(pages);
      const cut = await flash(port, { timeoutMs: 2_500 });
      expect(cut.code, cut.said).toBe(1);
      expect(cut.said).not.toContain('--force');
      expect(board.pagesWritten()).toBe(pages + 1);
      expect(programOn(board).equals(SHIPPED)).toBe(false);
      await board.plugIn();
      const repeated = await flash(port);
      expect(repeated.code, repeated.said).toBe(0);
      expect(repeated.said).toContain('written and verified');
      expect(programOn(board).subarray(0, 14_000).equals(SHIPPED.subarray(0, 14_000))).toBe(true);
    },
  );

  it('says how to install avrdude where it is missing', async () => {
    const { port } = await boardOf();
    const { code, said } = await flash(port, { force: true, avrdude: '/nowhere/avrdude' });
    expect(code).toBe(1);
    expect(said).toContain('apt install avrdude');
  });

  it('says where a firmware file is damaged, before anything is asked', async () => {
    const { board, port } = await boardOf();
    const { code, said } = await flash(port, { hex: new URL(import.meta.url).pathname });
    expect(code).toBe(1);
    expect(said).toContain('Line 1');
    expect(board.pagesWritten()).toBe(0);
  });
});
