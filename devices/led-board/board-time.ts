/**
 * A controller's clock tells the hall's local time without a zone.
 */

/** Fields of a controller's clock, local time of the hall. */
export interface BoardTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** The fields of an instant in a time zone. */
export function boardTime(instantMs: number, timeZone: string): BoardTime {
  // Swedish writes `2026-06-01 08:00:00`.
  const text = new Date(instantMs).toLocaleString('sv-SE', { timeZone });
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (text.match(/\d+/g) ?? []).map(Number);
  return { year, month, day, hour, minute, second };
}

/** How far a board's clock is ahead of the instant, in whole seconds. */
export function driftSeconds(board: BoardTime, instantMs: number, timeZone: string): number {
  return Math.round((naiveMs(board) - naiveMs(boardTime(instantMs, timeZone))) / 1_000);
}

function naiveMs({ year, month, day, hour, minute, second }: BoardTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
