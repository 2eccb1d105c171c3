/**
 * Why a serial port does not open, told apart by what a technician must do: plug it in, give permission, or stop the
 * other program.
 */
import { HallError, textOf, type ErrorCode } from '../../gateway/kernel/errors.ts';

/** `serialport` reports errors as the C library's sentences, the file system as codes: both are looked for. */
const REASONS: readonly { code: ErrorCode; pattern: RegExp }[] = [
  { code: 'line.port-missing', pattern: /ENOENT|ENXIO|ENODEV|no such (file|device)/i },
  { code: 'line.port-forbidden', pattern: /EACCES|EPERM|permission denied|operation not permitted/i },
  { code: 'line.port-busy', pattern: /EBUSY|cannot lock|resource (busy|temporarily)/i },
];

/** The error for a port that did not open. */
export function serialTrouble(path: string, thrown: unknown): HallError {
  const text = textOf(thrown);
  const code = REASONS.find(({ pattern }) => pattern.test(text))?.code ?? 'line.unreachable';
  return new HallError(code, {
    message: `The serial port ${path} cannot be opened: ${text}.`,
    cause: thrown,
    facts: { line: path },
  });
}
