/**
 * `hall-gateway flash PORT`: looks what is on the board, writes the shipped firmware, verifies it, gives the board its serial
 * number, and looks again. It may be repeated at any time: the boot loader stays when the cable is pulled in the middle, and
 * what was begun is recognized. Another program is never replaced unasked.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asHallError, HallError } from '../../gateway/kernel/errors.ts';
import { errorRow } from '../../gateway/kernel/error-table.ts';
import { readFlash, writeProgram, type AvrdudeOptions } from './avrdude.ts';
import { identifyBoard, type OnBoard } from './board-identification.ts';
import { checkSerial, giveSerial, serialNotKept } from './board-serial.ts';
import { ownerOf, programFrom, type Program } from './program-image.ts';

export interface FlashOptions {
  /** Also over another program, and over the same firmware. */
  force: boolean;
  stdout: { write(text: string): unknown };
  /** What the board is to be called; a board that has this firmware already is not written again. Absent: as before. */
  serial?: string | undefined;
  /** Absent: the firmware that is shipped with this gateway. */
  hex?: string | undefined;
  avrdude?: string | undefined;
  /** How long a board may take to answer before and after. */
  waitMs?: number;
  /** How long avrdude may take each time. */
  timeoutMs?: number;
}

type Say = (text: string) => void;

/** Resolves with the exit code: 0 when the new firmware was verified and the serial number was read back. */
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

async function flash(port: string, options: FlashOptions, say: Say): Promise<void> {
  const { serial, force, waitMs } = options;
  if (serial !== undefined) checkSerial(serial);
  const hex = options.hex ?? shippedFirmware();
  const program = readProgram(hex);
  say(`正在识别 ${port} 上的板子…… / Looking what is on ${port} ...`);
  const before = await identifyBoard(port, waitMs);
  say(describe(before));
  if (serial !== undefined && !force && hasProgram(before, program)) {
    say('板上已是该固件，不重写 / it has this firmware already: nothing is written again');
  } else {
    const avrdude = avrdudeOptions(port, options);
    if (!force) await refuseForeign(before, program, avrdude, say);
    await write(hex, avrdude, say);
  }
  if (serial !== undefined) await call(port, serial, say);
  const after = await identifyBoard(port, waitMs);
  if (serial !== undefined && serialOf(after) !== serial) throw serialNotKept(port, serial, serialOf(after));
  say(`✓ ${describe(after)}`);
}

function readProgram(hex: string): Program {
  if (!existsSync(hex)) throw new HallError('flash.firmware-missing', { facts: { hex } });
  return programFrom(readFileSync(hex, 'latin1'));
}

function avrdudeOptions(port: string, { stdout, avrdude, timeoutMs }: FlashOptions): AvrdudeOptions {
  return { port, onText: (text) => void stdout.write(text), avrdude, timeoutMs };
}

async function write(hex: string, avrdude: AvrdudeOptions, say: Say): Promise<void> {
  pressReset(avrdude.port, say);
  await writeProgram(hex, avrdude);
  say('✓ 已写入并校验 / written and verified');
}

/** A board that says nothing may be one whose flashing was interrupted: what lies in its flash decides. */
async function refuseForeign(before: OnBoard, program: Program, avrdude: AvrdudeOptions, say: Say): Promise<void> {
  const { port } = avrdude;
  if (before.found === 'hall-board') return;
  if (before.found === 'other-firmata') throw refusal(port, before, 'Another program answers on');
  say('正在读出板上的程序…… / Reading what is in its flash ...');
  pressReset(port, say);
  const owner = ownerOf(await readFlash(avrdude), program);
  if (owner === 'foreign') throw refusal(port, before, 'A program that does not answer is on the board on');
  say(
    owner === 'begun'
      ? '板上没有程序，或只有本固件的一部分 / there is no program on it, or a part of this one'
      : '板上是大厅板固件，但没有运行 / the firmware of a hall board, which does not run',
  );
}

async function call(port: string, serial: string, say: Say): Promise<void> {
  const before = await giveSerial(port, serial);
  say(`✓ 序列号 / serial number: ${before || '—'} → ${serial}`);
}

/** Behind a serial server nothing pulls DTR. */
function pressReset(port: string, say: Say): void {
  if (port.startsWith('net:')) say('请现在按一下板上的复位键 / press the reset button of the board now');
}

/** In the source tree beside the C files; beside the bundle at the same path. */
function shippedFirmware(): string {
  const path = import.meta.url.endsWith('.ts')
    ? '../firmware/hall-board.hex'
    : './firmware-bridge/firmware/hall-board.hex';
  return fileURLToPath(new URL(path, import.meta.url));
}

function hasProgram(on: OnBoard, { build }: Program): boolean {
  return on.found === 'hall-board' && on.identity.build === build;
}

function serialOf(on: OnBoard): string {
  return on.found === 'hall-board' ? on.identity.serial : '';
}

function describe(on: OnBoard): string {
  if (on.found === 'nothing') return '没有程序应答 / no program answers';
  if (on.found === 'other-firmata') return '板上是其他 Firmata 程序 / another Firmata program';
  const { firmware, profile = '?', serial } = on.identity;
  return `大厅板 / hall board ${serial || '(没有序列号 / without a serial number)'}, ${profile}, ${firmware}`;
}

function refusal(port: string, { found }: OnBoard, what: string): HallError {
  return new HallError('flash.not-a-hall-board', {
    message: `${what} ${port}; it would be replaced.`,
    facts: { port, found },
  });
}
