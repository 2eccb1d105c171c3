/**
 * A dynamic area of a BX card (v1.4, section 9.1): 27 bytes, then the text (`onbon-bx-text.ts`). Numbers are little-endian; the top bit
 * of X and width says pixels.
 *
 * type 1 (00), x 2, y 2, width 2, height 2, number 1, line gap 1, run mode 1, time-out 2 (seconds), sound 1, extension 1, alignment 1,
 * lines 1 (1 single, 2 many), wrap 1 (1 by hand, 2 by itself), effect 1, exit 1, speed 1 (0 fastest to 24), stay 1 (half seconds),
 * length 4, text
 */
import type { BoardText } from './display-area.ts';
import { SPEED_MAX, type Effect } from './kind.ts';
import { textLimits, type BxArea, type BxConfig } from './onbon-bx-settings.ts';
import { AREA_HEAD, encodeText } from './onbon-bx-text.ts';

const EFFECTS: Record<Effect, number> = { static: 1, quick: 2, left: 3, right: 4, up: 5, down: 6 };
const HORIZONTAL = { left: 0b00, right: 0b01, centre: 0b10 };
const VERTICAL = { top: 0b0000, bottom: 0b0100, centre: 0b1000 };
const SLOWEST = 24;
const PIXELS = 0x8000;
const RUN_LOOP = 0;
const RUN_UNTIL_TIMEOUT = 2;
const TIMEOUT_SECONDS_MAX = 0xffff;
/** The gateway takes a text off itself; the card does so a little later, if the gateway is gone. */
const TIMEOUT_MARGIN_SECONDS = 3;

/**
 * The bytes of an area that shows a text.
 *
 * @param remainingMs how long it may stand; undefined: until it is replaced.
 * @throws HallError `board.text-unencodable` or `board.text-too-long`, with the place.
 */
export function encodeArea(
  number: number,
  area: BxArea,
  text: BoardText,
  config: BxConfig,
  remainingMs?: number,
): Uint8Array {
  const content = encodeText(text.text, text.colour, area, textLimits(config));
  const isMoving = text.effect === 'left' || text.effect === 'right';
  const timeout = timeoutSeconds(remainingMs);
  const bytes = Buffer.alloc(AREA_HEAD + content.length);
  bytes.writeUInt16LE(PIXELS | area.x, 1);
  bytes.writeUInt16LE(area.y, 3);
  bytes.writeUInt16LE(PIXELS | area.width, 5);
  bytes.writeUInt16LE(area.height, 7);
  bytes.set([number, area.lineGap, timeout === undefined ? RUN_LOOP : RUN_UNTIL_TIMEOUT], 9);
  bytes.writeUInt16LE(timeout ?? 0, 12);
  bytes[16] = HORIZONTAL[area.align] | VERTICAL[area.verticalAlign];
  bytes[17] = isMoving ? 1 : 2;
  bytes[18] = text.text.includes('\n') ? 1 : 2;
  bytes[19] = EFFECTS[text.effect];
  bytes[21] = Math.round(((SPEED_MAX - text.speed) * SLOWEST) / (SPEED_MAX - 1));
  bytes[22] = area.staySeconds * 2;
  bytes.writeUInt32LE(content.length, 23);
  bytes.set(content, AREA_HEAD);
  return bytes;
}

function timeoutSeconds(remainingMs: number | undefined): number | undefined {
  if (remainingMs === undefined) return undefined;
  const seconds = Math.ceil(remainingMs / 1_000) + TIMEOUT_MARGIN_SECONDS;
  return seconds > TIMEOUT_SECONDS_MAX ? undefined : seconds;
}
