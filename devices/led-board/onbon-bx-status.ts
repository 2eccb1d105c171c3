/**
 * What follows from a card's status: the state of the board, and whether it lost its texts. A card keeps dynamic areas
 * only while it has power, and its status names those that exist: one that was confirmed and is gone was lost.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { ErrorCode } from '../../gateway/kernel/errors.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import { wallMs, zoneTime, type LocalTime } from '../../gateway/kernel/local-time.ts';
import type { BoardText } from './display-area.ts';
import type { DisplayDesk } from './display-desk.ts';
import type { LedBoard } from './kind.ts';
import { BRIGHTNESS_MAX, type BoardStatus } from './onbon-bx-messages.ts';

/** What the card says about itself; absent until it was heard. */
interface Told {
  power?: 'on' | 'off';
  /** 0 to 15. */
  brightness?: number;
  clockDriftSeconds?: number;
  programs?: number;
}

export interface StatusReader {
  /** A status came: puts back what the card lost, and tells the state. */
  hear(status: BoardStatus): Promise<void>;
  /** The card acknowledged a change; returns its brightness in percent. */
  changed(told: Told): number;
  /** Publishes the state, if it is another than before. */
  tell(): void;
  expired(area: string, text: BoardText): void;
  /** The card refused an area, or (undefined) took it. */
  fault(area: string, code: ErrorCode | undefined): void;
}

/** A clock that ticks between two seconds is no news. */
const DRIFT_NEWS_SECONDS = 2;

export function statusReader(options: {
  hall: Hall<LedBoard>;
  desk: DisplayDesk;
  /** By the number that the card knows them by. */
  areaNames: readonly string[];
}): StatusReader {
  const { hall, desk, areaNames } = options;
  const window = hall.window === undefined ? {} : { window: hall.window };
  const zone = zoneTime(hall.timeZone);
  const driftSeconds = (board: LocalTime) => (wallMs(board) - wallMs(zone.toLocal(hall.clock.now()))) / 1_000;
  const lost = new Set<string>();
  const faults = new Map<string, ErrorCode>();
  let told: Told = {};
  let published = '';

  const tell = () => {
    if (hall.signal.aborted) return;
    const { brightness, ...rest } = told;
    const percent = brightness === undefined ? {} : { brightness: percentOf(brightness) };
    const state = {
      ...window,
      ...rest,
      ...percent,
      areas: desk.shown().map(shownState),
      faults: [...new Set(faults.values())],
    };
    const text = JSON.stringify(state);
    if (text === published) return;
    published = text;
    hall.state(state);
  };
  const record = (occurrence: Occurrence) => {
    if (hall.signal.aborted) return;
    hall.record([occurrence]).catch((thrown: unknown) => hall.log.error('event.unrecorded', thrown));
  };
  const tellRestored = () => {
    const back = desk.shown().filter(({ area, confirmed }) => confirmed && lost.has(area));
    if (back.length === 0 || back.length < lost.size) return;
    lost.clear();
    record({ type: 'board.restarted', data: { ...window, areas: back.map(({ area }) => area) } });
  };
  return {
    async hear(status) {
      told = { ...told, ...readStatus(status, told, driftSeconds) };
      for (const area of missing(desk, areaNames, status)) lost.add(area);
      if (lost.size > 0) desk.doubt([...lost]);
      tell();
      await desk.restore();
      tellRestored();
    },
    changed(news) {
      told = { ...told, ...news };
      tell();
      return percentOf(told.brightness ?? 0);
    },
    tell,
    fault(area, code) {
      if (code === undefined) faults.delete(area);
      else faults.set(area, code);
    },
    expired(area, { text, ticketNumber }) {
      record({
        type: 'text.expired',
        data: { ...window, area, text, ...(ticketNumber !== undefined && { ticketNumber }) },
      });
    },
  };
}

/** Areas that show a text as far as we know, and do not exist on the card. */
function missing(desk: DisplayDesk, areaNames: readonly string[], { areas }: BoardStatus): string[] {
  return desk
    .shown()
    .filter(({ area, text, confirmed }) => confirmed && text !== undefined && !areas.includes(areaNames.indexOf(area)))
    .map(({ area }) => area);
}

function readStatus(
  { power, brightness, time, programs }: BoardStatus,
  before: Told,
  driftSeconds: (board: LocalTime) => number,
): Told {
  const drift = time && driftSeconds(time);
  const known = before.clockDriftSeconds;
  const isNews = drift !== undefined && (known === undefined || Math.abs(drift - known) >= DRIFT_NEWS_SECONDS);
  return { ...(power && { power }), brightness, programs, ...(isNews && { clockDriftSeconds: drift }) };
}

function shownState({ area, text, untilMs, confirmed }: ReturnType<DisplayDesk['shown']>[number]) {
  const until = untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() };
  return { area, text: text?.text ?? '', ...until, confirmed };
}

function percentOf(level: number): number {
  return Math.round((level * 100) / BRIGHTNESS_MAX);
}
