import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programOf } from '../../simulators/board/intel-hex.ts';
import { numberOf } from '../../simulators/board/wire-codec.ts';
import { requireTool } from '../../simulators/kit/tools.ts';
import { COMMAND, started } from './desk.fixture.ts';

const folder = import.meta.dirname;
const shipped = readFileSync(join(folder, 'hall-board.hex'));
const tools = [requireTool('make'), requireTool('avr-gcc'), requireTool('avr-objcopy'), requireTool('avr-man')];

describe('the shipped firmware', () => {
  it('has the SHA-256 that stands beside it', () => {
    const sum = createHash('sha256').update(shipped).digest('hex');
    expect(readFileSync(join(folder, 'hall-board.sha256'), 'utf8')).toBe(`${sum}  hall-board.hex\n`);
  });

  it('tells its name and build behind its vectors, the same build as over the wire', () => {
    const program = Buffer.from(programOf(shipped.toString('latin1')).buffer);
    expect(program.toString('latin1', 104, 115)).toBe('hall-board\0');
    const { payload = [] } = started().heard.find(({ command }) => command === COMMAND.identity) ?? {};
    expect(program.readUInt32LE(115)).toBe(numberOf(payload.slice(7, 12)));
  });
});

describe.skipIf(tools.includes(undefined))('built from the sources', () => {
  const build = mkdtempSync(join(tmpdir(), 'hall-board-'));
  const sizes = { flash: 0, memory: 0 };

  beforeAll(() => {
    const output = execFileSync('make', ['-C', folder, `BUILD=${build}`, 'all', 'size'], { encoding: 'utf8' });
    const [text = 0, data = 0, bss = 0] = (
      output.split('\n').find((line) => line.includes('.elf') && /^\s*\d/.test(line)) ?? ''
    )
      .trim()
      .split(/\s+/)
      .map(Number);
    Object.assign(sizes, { flash: text + data, memory: data + bss });
  }, 60_000);
  afterAll(() => rmSync(build, { recursive: true }));

  it('is the shipped program, byte for byte', () => {
    expect(readFileSync(join(build, 'hall-board.hex')).equals(shipped)).toBe(true);
  });

  it('leaves room for a boot loader, and a quarter of a kilobyte for the stack', () => {
    expect(sizes.flash).toBeGreaterThan(4_000);
    expect(sizes.flash).toBeLessThan(32_768 - 512);
    expect(2_048 - sizes.memory).toBeGreaterThan(256);
  });

  it('has the size that its page names', () => {
    const page = readFileSync(join(folder, '../../docs/firmware.md'), 'utf8');
    const figure = (bytes: number) => bytes.toLocaleString('en');
    expect(page).toContain(`${figure(sizes.flash)} bytes of flash`);
    expect(page).toContain(`${figure(sizes.memory)} bytes of memory`);
  });
});
