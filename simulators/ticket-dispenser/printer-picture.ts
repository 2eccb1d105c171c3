/**
 * The dots of what is not text on a ticket: pictures as they came, and the QR codes that the head draws itself.
 */
import qrcode from 'qrcode-generator';
import type { PaperLine } from './printer-paper.ts';

const QUIET_MODULES = 4;

/** Rows of dots, true is black; undefined for text and empty lines. */
export function dotsOf(line: PaperLine): boolean[][] | undefined {
  if (line.kind === 'picture') return line.rows;
  if (line.kind !== 'qr') return undefined;
  const code = qrcode(0, line.level);
  code.addData(Buffer.from(line.payload, 'utf8').toString('latin1'), 'Byte');
  code.make();
  const modules = code.getModuleCount();
  const side = (modules + 2 * QUIET_MODULES) * line.moduleDots;
  const moduleAt = (dot: number) => Math.floor(dot / line.moduleDots) - QUIET_MODULES;
  const dark = (row: number, column: number) =>
    row >= 0 && column >= 0 && row < modules && column < modules && code.isDark(row, column);
  return Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (__, x) => dark(moduleAt(y), moduleAt(x))),
  );
}
