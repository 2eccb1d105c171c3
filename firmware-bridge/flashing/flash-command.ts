/**
 * `hall-gateway flash PORT`: looks what is on the board, writes the shipped firmware, verifies it, and looks again. It may be
 * repeated at any time: the boot loader stays when the cable is pulled in the middle.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asHallError, HallError } from '../../gateway/kernel/errors.ts';
import { errorRow } from '../../gateway/kernel/error-table.ts';
import { writeProgram } from './avrdude.ts';
import { identifyBoard, type OnBoard } from './board-identification.ts';

export interface FlashOptions {
  /** Also a board on which no hall board's program answers. */
  force: boolean;
  stdout: { write(text: string): unknown };
  /** Absent: the firmware that is shipped with this gateway. */
  hex?: string | undefined;
  avrdude?: string | undefined;
  /** How long a board may take to answer before and after. */
  waitMs?: number;
  /** How long avrdude may take. */
  timeoutMs?: number;
}

/** Resolves with the exit code: 0 when the new firmware was verified. */
export async function runFlash(port: string, options: FlashOptions): Promise<number> {
  const say = (text: string) => void options.stdout.write(`${text}\n`);
  try {
    await flash(port, options, say);
    return 0;
  } catch (thrown) {
    const { code, message, hint } = asHallError(thrown, 'flash.failed');
    const { zh } = errorRow(code);
    say(`\n✗ ${zh.what}\n  ${zh.hint}\n✗ ${message}\n  ${hint}`);
    return 1;
  }
}

async function flash(port: string, options: FlashOptions, say: (text: string) => void): Promise<void> {
  const hex = options.hex ?? shippedFirmware();
  if (!existsSync(hex)) throw new HallError('flash.firmware-missing', { facts: { hex } });
  say(`正在识别 ${port} 上的板子…… / Looking what is on ${port} ...`);
  const before = await identifyBoard(port, options.waitMs);
  say(describe(before));
  if (before.found !== 'hall-board' && !options.force) throw refusal(port, before);
  await writeProgram({
    port,
    hex,
    onText: (text) => void options.stdout.write(text),
    ...(options.avrdude !== undefined && { avrdude: options.avrdude }),
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
  });
  const after = await identifyBoard(port, options.waitMs);
  say(`✓ 已写入并校验 / written and verified. ${describe(after)}`);
}

/** In the source tree beside the C files; beside the bundle at the same path. */
function shippedFirmware(): string {
  const path = import.meta.url.endsWith('.ts')
    ? '../firmware/hall-board.hex'
    : './firmware-bridge/firmware/hall-board.hex';
  return fileURLToPath(new URL(path, import.meta.url));
}

function describe(on: OnBoard): string {
  if (on.found === 'nothing') return '没有程序应答 / no program answers';
  if (on.found === 'other-firmata') return '板上是其他 Firmata 程序 / another Firmata program';
  const { firmware, profile = '?', serial } = on.identity;
  return `大厅板 / hall board ${serial || '(没有序列号 / without a serial number)'}, ${profile}, ${firmware}`;
}

function refusal(port: string, { found }: OnBoard): HallError {
  return new HallError('flash.not-a-hall-board', {
    message:
      found === 'nothing'
        ? `No program answers on ${port}.`
        : `Another program answers on ${port}; it would be replaced.`,
    facts: { port, found },
  });
}
