/**
 * What is sent to an ESC/POS printer. Pure; the command table:
 *
 *   1B 40            initialise                       1C 26           Chinese mode on
 *   1B 61 n          align 0 left 1 centre 2 right    1C 21 n         Chinese style: 04 double width, 08 double height
 *   1B 45 n          bold 0/1                         1D 21 n         size: high nibble width-1, low nibble height-1
 *   1B 64 n          print and feed n lines           1D 56 00/01     cut fully / partially
 *   1D 76 30 00 xL xH yL yH ...                       raster picture, x in bytes, y in dots, most significant bit left
 *   1D 28 6B pL pH 31 fn ...                          QR code: 41 model, 43 module, 45 level, 50 store, 51 print
 *   1D 28 48 06 00 30 30 d1 d2 d3 d4                  tell this process id when everything before is done
 *   10 04 n          status now (1 printer 2 offline 3 error 4 paper)
 *   1D 61 n          say changes unasked: 02 offline, 04 error, 08 paper      1D 72 01   paper sensor, in its turn
 *
 * Sources: the ESC/POS command set as Epson, SPRT and Birch document it.
 */
export type Align = 'left' | 'center' | 'right';
export type Size = 'normal' | 'tall' | 'wide' | 'double' | 'large' | 'huge';

export interface TextStyle {
  size: Size;
  align: Align;
  bold: boolean;
}

const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;
const DLE = 0x10;

const ALIGN = { left: 0, center: 1, right: 2 } as const satisfies Record<Align, number>;
/** Times the width, times the height. */
const MAGNIFIED = {
  normal: [1, 1],
  tall: [1, 2],
  wide: [2, 1],
  double: [2, 2],
  large: [3, 3],
  huge: [4, 4],
} as const satisfies Record<Size, readonly [number, number]>;

const CHINESE_DOUBLE_WIDTH = 0x04;
const CHINESE_DOUBLE_HEIGHT = 0x08;
const OFFLINE_ERROR_PAPER = 0x0e;
const LINE_FEED = 0x0a;

export const initialise = () => Buffer.of(ESC, 0x40, FS, 0x26);
export const feed = (lines: number) => Buffer.of(ESC, 0x64, lines);
export const cut = (how: 'full' | 'partial') => Buffer.of(GS, 0x56, how === 'full' ? 0 : 1);
export const align = (where: Align) => Buffer.of(ESC, 0x61, ALIGN[where]);
export const sayChanges = () => Buffer.of(GS, 0x61, OFFLINE_ERROR_PAPER);
export const askPaper = () => Buffer.of(GS, 0x72, 1);
export const askNow = (which: RealTimeQuestion) => Buffer.of(DLE, 0x04, which);
export const tellProcess = (id: string) =>
  Buffer.concat([Buffer.of(GS, 0x28, 0x48, 6, 0, 0x30, 0x30), Buffer.from(id, 'latin1')]);

export type RealTimeQuestion = 1 | 2 | 3 | 4;

/**
 * One line of text that is encoded already. The size is given twice: some printers keep a size of its own for Chinese
 * characters; on the others the later command decides, which is the one that knows more than double.
 */
export function textLine(text: Uint8Array, { size, align: where, bold }: TextStyle): Buffer {
  const [width, height] = MAGNIFIED[size];
  const chinese = (width > 1 ? CHINESE_DOUBLE_WIDTH : 0) | (height > 1 ? CHINESE_DOUBLE_HEIGHT : 0);
  return Buffer.concat([
    align(where),
    Buffer.of(ESC, 0x45, bold ? 1 : 0, FS, 0x21, chinese, GS, 0x21, ((width - 1) << 4) | (height - 1)),
    text,
    Buffer.of(LINE_FEED),
  ]);
}

/** A QR code (model 2, level M) that the printer draws itself. */
export function nativeQr(payload: string, moduleDots: number): Buffer {
  const data = Buffer.from(payload, 'utf8');
  return Buffer.concat([
    qrFunction(0x41, Buffer.of(0x32, 0)),
    qrFunction(0x43, Buffer.of(moduleDots)),
    qrFunction(0x45, Buffer.of(0x31)),
    qrFunction(0x50, Buffer.concat([Buffer.of(0x30), data])),
    qrFunction(0x51, Buffer.of(0x30)),
  ]);
}

/** A picture; rows of equal length, true is black. */
export function raster(rows: readonly (readonly boolean[])[]): Buffer {
  const widthBytes = Math.ceil((rows[0]?.length ?? 0) / 8);
  const head = Buffer.of(GS, 0x76, 0x30, 0, widthBytes & 0xff, widthBytes >> 8, rows.length & 0xff, rows.length >> 8);
  const picture = Buffer.alloc(widthBytes * rows.length);
  for (const [y, row] of rows.entries()) {
    for (const [x, black] of row.entries()) {
      if (black) picture[y * widthBytes + (x >> 3)] = (picture[y * widthBytes + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return Buffer.concat([head, picture]);
}

function qrFunction(code: number, parameters: Uint8Array): Buffer {
  const length = parameters.length + 2;
  return Buffer.concat([Buffer.of(GS, 0x28, 0x6b, length & 0xff, length >> 8, 0x31, code), parameters]);
}
