/**
 * Writes and verifies a program with Debian's avrdude, which speaks to the boot loader of a Uno or Nano (STK500 version 1).
 */
import { spawn } from 'node:child_process';
import { HallError, type ErrorCode } from '../../gateway/kernel/errors.ts';

export interface WriteOptions {
  port: string;
  /** Path of the Intel HEX file. */
  hex: string;
  /** Called with what avrdude says, as it comes: its progress bars, and why it gives up. */
  onText: (text: string) => void;
  avrdude?: string;
  timeoutMs?: number;
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
 * Resolves when every byte was written and read back.
 *
 * @throws HallError `flash.avrdude-missing`, `flash.wrong-chip`, `flash.not-verified`, `flash.port`, `flash.no-boot-loader`, or
 *   `flash.failed` for anything else.
 */
export async function writeProgram(options: WriteOptions): Promise<void> {
  const { port, hex, onText, avrdude = 'avrdude', timeoutMs = TIMEOUT_MS } = options;
  const args = ['-p', 'm328p', '-c', 'arduino', '-P', port, '-b', '115200', '-D', '-U', `flash:w:${hex}:i`];
  const child = spawn(avrdude, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, killSignal: 'SIGKILL' });
  let said = '';
  const hear = (text: Buffer) => {
    said = (said + text.toString()).slice(-SAID_MAX);
    onText(text.toString());
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => reject(new HallError('flash.avrdude-missing', { cause, facts: { avrdude } })));
    child.on('close', resolve);
  });
  if (code === null) throw unfinished(port, timeoutMs);
  if (code !== 0) throw failed(said, port, code);
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
