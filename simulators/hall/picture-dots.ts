/**
 * Black and white dots of a picture: QR codes from their payload, and printed rasters in as few dots as show all of them.
 */

export type Dots = readonly (readonly boolean[])[];

/** Modules of white around a code, which its readers need (ISO/IEC 18004, section 5.3.8). */
const QUIET_MODULES = 4;

/** The code's modules with their quiet zone; true is dark. The encoder is loaded when the first code is drawn. */
export async function qrDots(payload: string): Promise<Dots> {
  const { default: qrcode } = await import('qrcode-generator');
  const code = qrcode(0, 'M');
  code.addData(Buffer.from(payload, 'utf8').toString('latin1'), 'Byte');
  code.make();
  const count = code.getModuleCount();
  const inside = (index: number) => index >= 0 && index < count;
  const side = Array.from({ length: count + 2 * QUIET_MODULES }, (_, index) => index - QUIET_MODULES);
  return side.map((row) => side.map((column) => inside(row) && inside(column) && code.isDark(row, column)));
}

/** Rows of `0` and `1` as dots. */
export function dotsOf(rows: readonly string[]): Dots {
  return rows.map((row) => Array.from(row, (dot) => dot === '1'));
}

/**
 * The same picture with each block of equal dots as one (a code printed with modules of 4 x 4 dots gets its modules back),
 * and then, when it is still wider than `widthMax`, coarser.
 */
export function reduced(dots: Dots, widthMax: number): Dots {
  const fine = sampled(dots, blockOf(dots));
  return sampled(fine, Math.max(1, Math.ceil((fine[0]?.length ?? 0) / widthMax)));
}

/** The largest square into which all edges between black and white fit. */
function blockOf(dots: Dots): number {
  const width = dots[0]?.length ?? 0;
  let block = gcd(width, dots.length);
  for (const [y, row] of dots.entries()) {
    const above = dots[y - 1];
    for (const [x, dot] of row.entries()) {
      if (x > 0 && row[x - 1] !== dot) block = gcd(block, x);
      if (above && above[x] !== dot) block = gcd(block, y);
    }
    if (block === 1) break;
  }
  return Math.max(1, block);
}

/** The dot in the middle of each block. */
function sampled(dots: Dots, block: number): Dots {
  if (block === 1) return dots;
  const middle = Math.floor(block / 2);
  return dots.filter((_, y) => y % block === middle).map((row) => row.filter((_, x) => x % block === middle));
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
