/**
 * A QR code as a picture, for print heads that cannot draw one.
 */
import type { Align } from './escpos-commands.ts';
import { align, nativeQr, raster } from './escpos-commands.ts';

export interface QrStyle {
  how: 'native' | 'raster';
  moduleDots: number;
  align: Align;
}

/** White modules around the code, as ISO/IEC 18004 asks. */
const QUIET_MODULES = 4;

/** The commands that print `payload` as a QR code. */
export async function qrCode(payload: string, style: QrStyle): Promise<Buffer> {
  const code =
    style.how === 'native' ? nativeQr(payload, style.moduleDots) : raster(await qrPicture(payload, style.moduleDots));
  return Buffer.concat([align(style.align), code]);
}

/**
 * Dots of the code with its quiet zone. A module is at least two dots wide, so that no byte of the picture is 10h: a
 * printer would take 10h 04h within a picture for a question about its status.
 */
export async function qrPicture(payload: string, moduleDots: number): Promise<boolean[][]> {
  const { default: qrcode } = await import('qrcode-generator');
  const code = qrcode(0, 'M');
  code.addData(Buffer.from(payload, 'utf8').toString('latin1'), 'Byte');
  code.make();
  const modules = code.getModuleCount();
  const dots = (modules + 2 * QUIET_MODULES) * moduleDots;
  const dark = (row: number, column: number) =>
    row >= 0 && column >= 0 && row < modules && column < modules && code.isDark(row, column);
  const moduleOf = (dot: number) => Math.floor(dot / moduleDots) - QUIET_MODULES;
  return Array.from({ length: dots }, (_, y) =>
    Array.from({ length: dots }, (__, x) => dark(moduleOf(y), moduleOf(x))),
  );
}
