// The runner as it stands beside the bundle on a box: one file, started as a process by every runtime.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundle } from '../../.ci/build.mjs';
import { runtimes } from '../../.ci/runtimes.ts';
import { ROOT } from '../../.ci/tree.ts';
import { startBoard } from '../../simulators/board/board.ts';
import { until } from '../../simulators/kit/until.ts';

const FOLDER = join(ROOT, '.cache', 'board-runner');
const RUNNER = join(FOLDER, 'board-runner.mjs');

beforeAll(async () => {
  await bundle('firmware-bridge/firmata/runner.ts', RUNNER);
});

describe.each(runtimes())('the bundled runner under $name', ({ command }) => {
  it.skipIf(!command)('brings a hall board up and ends with its gateway', async () => {
    const board = await startBoard({ port: { type: 'tcp' }, profile: 'evaluator' });
    onTestFinished(() => board.close());
    const [program = '', ...args] = command ?? [];
    const child = spawn(program, [...args, RUNNER], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const said: unknown[] = [];
    child.on('message', (message) => said.push(message));
    child.send({ do: 'open', board: 1, line: { ...board.line, connectTimeoutMs: 1_000 } });
    const up = { said: 'up', board: 1, firmware: 'hall-board 1.0', boardsMade: 1 };
    // A board that was just switched on tells who it is, sometimes before the handshake is over.
    await until('the board is up', () => said.some((message) => isDeepStrictEqual(message, up)), 15_000);
    child.disconnect();
    await until('the runner ended', () => child.exitCode !== null, 5_000);
  });
});

it('is not in the bundle of the gateway', async () => {
  const { externals } = await bundle('gateway/main.ts', join(FOLDER, 'hall-gateway.mjs'));
  expect(externals).not.toContain('repl');
});
