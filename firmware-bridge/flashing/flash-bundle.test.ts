// `hall-gateway flash` as it stands on a box: one file, with the firmware beside it where the build lays it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundle, copyForTheBox } from '../../.ci/build.mjs';
import { runtimes } from '../../.ci/runtimes.ts';
import { ROOT } from '../../.ci/tree.ts';
import samples from '../firmware/frames.json' with { type: 'json' };
import { startOptiboot } from '../../simulators/board/optiboot.ts';
import { requireTool } from '../../simulators/kit/tools.ts';

const FOLDER = join(ROOT, '.cache', 'flash-bundle');
const PROGRAM = join(FOLDER, 'hall-gateway.mjs');
const NAME_AT = 104;
const avrdude = requireTool('avrdude');

beforeAll(async () => {
  await rm(FOLDER, { recursive: true, force: true });
  await bundle('gateway/main.ts', PROGRAM);
  copyForTheBox(FOLDER);
});

/** What a hall board says of itself once it is asked. */
function hallBoard(asked: Uint8Array): Uint8Array | undefined {
  const hex = samples.find(({ name }) => name === 'identity')?.hex ?? '';
  return asked[1] === 0x01 ? Buffer.from(hex.replaceAll(' ', ''), 'hex') : undefined;
}

async function run(command: readonly string[], args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'flash-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [program = '', ...before] = command;
  const child = spawn(program, [...before, PROGRAM, 'flash', ...args], { cwd: folder });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  await once(child, 'close');
  return { code: child.exitCode, said };
}

describe.skipIf(!avrdude).each(runtimes())('the bundle under $name', ({ command }) => {
  it.skipIf(!command)('flashes a board with the firmware that is shipped beside it', { timeout: 60_000 }, async () => {
    const board = await startOptiboot({ port: { type: 'tcp' }, program: hallBoard });
    onTestFinished(() => board.close());
    if (board.line.type !== 'tcp') throw new Error('the board stands behind a serial server');
    const { code, said } = await run(command ?? [], [`net:${board.line.host}:${board.line.port}`]);
    expect(code, said).toBe(0);
    expect(said).toContain('written and verified');
    expect(Buffer.from(board.flash).toString('latin1', NAME_AT)).toMatch(/^hall-board\0/);
  });
});

it('says that the firmware is missing where nobody laid it beside the bundle', async () => {
  await rm(join(FOLDER, 'firmware-bridge'), { recursive: true });
  const { code, said } = await run([process.execPath], ['net:127.0.0.1:1']);
  expect(code).toBe(1);
  expect(said).toContain('firmware-bridge/firmware/hall-board.hex');
});
