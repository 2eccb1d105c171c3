/**
 * All areas of a board by their names (one area: `display-area.ts`), and what commands ask of them; for every wire.
 */
import type { Clock } from '../../gateway/kernel/clock.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import {
  displayArea,
  type AreaShown,
  type BoardText,
  type DisplayArea,
  type Lifetime,
  type Shown,
  type Standing,
} from './display-area.ts';

export interface DisplayDeskOptions {
  /** Names of the areas, and what each shows when nothing else is to be shown. */
  areas: ReadonlyMap<string, { idle: BoardText | undefined }>;
  /** See `DisplayAreaOptions.write`. */
  write: (area: string, take: () => Standing) => Promise<void>;
  refreshMs: number;
  clock: Clock;
  onChange: () => void;
  onExpired: (area: string, text: BoardText) => void;
}

export interface DisplayDesk {
  /** See `DisplayArea.show`; text undefined: the idle text, or nothing. @throws HallError `board.area-unknown` */
  show(area: string, text: BoardText | undefined, lifetime?: Lifetime): Promise<Shown>;
  /** Empties an area, or all: their idle texts come back. Rejects as `show` does. */
  clear(area?: string, signal?: AbortSignal): Promise<void>;
  /** The board may have lost these areas (absent: all): they are unconfirmed until they were sent again. */
  doubt(areas?: readonly string[]): void;
  /** Sends every area that is not confirmed; resolves when each was tried. */
  restore(): Promise<void>;
  shown(): AreaShown[];
  stop(): void;
}

export function displayDesk({ areas, write, onExpired, ...shared }: DisplayDeskOptions): DisplayDesk {
  const desks = new Map<string, DisplayArea>();
  for (const [name, { idle }] of areas) {
    const area = { idle, write: (take: () => Standing) => write(name, take) };
    desks.set(name, displayArea({ ...shared, ...area, onExpired: (text) => onExpired(name, text) }));
  }
  const known = (name: string): DisplayArea => {
    const area = desks.get(name);
    if (area) return area;
    throw areaUnknown(name, desks.keys());
  };
  return {
    async show(name, text, lifetime) {
      return known(name).show(text, lifetime);
    },
    async clear(name, signal) {
      const cleared = name === undefined ? [...desks.values()] : [known(name)];
      await Promise.all(cleared.map((area) => area.show(undefined, signal ? { signal } : {})));
    },
    doubt(names) {
      for (const [name, area] of desks) if (names?.includes(name) ?? true) area.doubt();
    },
    async restore() {
      await Promise.all([...desks.values()].map((area) => area.restore()));
    },
    shown: () => [...desks].map(([area, desk]) => ({ area, ...desk.shown() })),
    stop() {
      for (const area of desks.values()) area.stop();
    },
  };
}

/** For a command that names an area which hall.yaml does not give this board. */
export function areaUnknown(area: string, known: Iterable<string>): HallError {
  return new HallError('board.area-unknown', {
    message: `This board has no area "${area}"; it has ${[...known].join(', ')}.`,
    facts: { area },
  });
}
