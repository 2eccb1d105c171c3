/**
 * What a board tells the hall: its state when it is another than before, texts whose time was over, texts it lost.
 */
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { Occurrence } from '../../gateway/kernel/event.ts';
import type { AreaShown, BoardText } from './display-area.ts';
import type { LedBoard } from './kind.ts';

/** What the board confirmed; absent: not set since the gateway started, and these boards do not tell. */
export interface Confirmed {
  power?: 'on' | 'off';
  brightness?: number;
}

export interface BoardReport {
  /** The board confirmed a change. */
  changed(news: Confirmed): void;
  /** Publishes the state, if it is another than before. */
  tell(): void;
  expired(area: string, text: BoardText): void;
  /** The board had lost its text, and has it again. */
  restarted(areas: readonly string[]): void;
}

export function boardReport(hall: Hall<LedBoard>, shown: () => AreaShown[]): BoardReport {
  const window = hall.window === undefined ? {} : { window: hall.window };
  let confirmed: Confirmed = {};
  let published = '';

  const tell = () => {
    if (hall.signal.aborted) return;
    const state = { ...window, ...confirmed, areas: shown().map(areaState), faults: [] };
    const text = JSON.stringify(state);
    if (text === published) return;
    published = text;
    hall.state(state);
  };
  const record = (occurrence: Occurrence) => {
    hall.record([occurrence]).catch((thrown: unknown) => hall.log.error('event.unrecorded', thrown));
  };
  return {
    changed(news) {
      confirmed = { ...confirmed, ...news };
      tell();
    },
    tell,
    expired(area, { text, ticketNumber }) {
      const ticket = ticketNumber === undefined ? {} : { ticketNumber };
      record({ type: 'text.expired', data: { ...window, area, text, ...ticket } });
    },
    restarted: (areas) => record({ type: 'board.restarted', data: { ...window, areas: [...areas] } }),
  };
}

function areaState({ area, text, untilMs, confirmed }: AreaShown) {
  const until = untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() };
  return { area, text: text?.text ?? '', ...until, confirmed };
}
