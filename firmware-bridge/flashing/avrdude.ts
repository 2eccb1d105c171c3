/**
 * Reads, writes and verifies programs with Debian's avrdude, which speaks to the boot loader of a Uno or Nano (STK500 version 1).
 */
import { spawn } from 'node:child_process';
import { HallError, type ErrorCode } from '../../gateway/kernel/errors.ts';

export interface AvrdudeOptions {
  port: string;
  /** Called with what avrdude says, as it comes: its progress bars, and why it gives up. */
  onText: (text: string) => void;
  avrdude?: string | undefined;
  timeoutMs?: number | undefined;
}

/** Writing and verifying take ten seconds; avrdude itself does not notice a cable that was pulled behind a serial server. */
const TIMEOUT_MS = 60_000;
/** The last part of what it said decides about the error. */
const SAID_MAX = 16_384;

/** In the words of avrdude 7; the first that fits. */
const REASONS: readonly { code: ErrorCode; pattern: RegExp }[] = [
  { code: 'flash.wrong-chip', pattern: /expected signature|wrong microcontroller|double check chip/i },
  { code: 'flash.not-verified', pattern: /verification (error|mismatch)|content mismatch/i },
  { code: 'flash.port', pattern: /can't open device|cannot open port|unable to open port|permission denied/i },
  { code: 'flash.no-boot-loader', pattern: /not in sync|not responding|programmer is not responding/i },
];

/**
 * Resolves when every byte of the Intel HEX file was written and read back.
 *
 * @throws HallError `flash.avrdude-missing`, `flash.wrong-chip`, `flash.not-verified`, `flash.port`, `flash.no-boot-loader`, or
 *   `flash.failed` for anything else.
 */
export async function writeProgram(hex: string, options: AvrdudeOptions): Promise<void> {
  await runAvrdude(`flash:w:${hex}:i`, options);
}

/**
 * Resolves with the whole flash, boot loader included; what was cut off at the end is blank.
 *
 * @throws HallError as `writeProgram`.
 */
export async function readFlash(options: AvrdudeOptions): Promise<Uint8Array> {
  const flash = new Uint8Array(FLASH_BYTES).fill(0xff);
  const read = await runAvrdude('flash:r:-:r', options);
  flash.set(read.subarray(0, FLASH_BYTES));
  return flash;
}

const FLASH_BYTES = 32_768;

/** Resolves with what it wrote to its standard output. */
async function runAvrdude(operation: string, options: AvrdudeOptions): Promise<Buffer> {
  const { port, onText, avrdude = 'avrdude', timeoutMs = TIMEOUT_MS } = options;
  const args = ['-p', 'm328p', '-c', 'arduino', '-P', port, '-b', '115200', '-D', '-U', operation];
  const child = spawn(avrdude, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, killSignal: 'SIGKILL' });
  let said = '';
  const output: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
  child.stderr.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-SAID_MAX);
    onText(text.toString());
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => reject(new HallError('flash.avrdude-missing', { cause, facts: { avrdude } })));
    child.on('close', resolve);
  });
  if (code === null) throw unfinished(port, timeoutMs);
  if (code !== 0) throw failed(said, port, code);
  return Buffer.concat(output);
}

function unfinished(port: string, timeoutMs: number): HallError {
  return new HallError('flash.failed', {
    message: `avrdude came to no end on ${port} within ${timeoutMs} ms: the board or its cable went away.`,
    facts: { port, timeoutMs },
  });
}

function failed(said: string, port: string, exitCode: number): HallError {
  const code = REASONS.find(({ pattern }) => pattern.test(said))?.code ?? 'flash.failed';
  const last = said.trim().split('\n').at(-1)?.trim() ?? '';
  return new HallError(code, { message: `avrdude gave up on ${port}: ${last}`, facts: { port, exitCode } });
}
