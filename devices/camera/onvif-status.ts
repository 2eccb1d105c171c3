/**
 * The newest truth about a camera, told when something in it changed. A clock that wanders by less than a second, as
 * every reading does, is no news.
 */
import type { z } from 'zod';
import type { Hall } from '../../gateway/kernel/driver.ts';
import type { Camera, SignalName } from './kind.ts';

export type CameraState = z.input<Camera['state']>;

export interface CameraStatus {
  update(news: Partial<CameraState>): void;
  signal(name: SignalName, source: string, active: boolean): void;
  countSuppressed(): void;
}

const DRIFT_NEWS_MS = 1_000;

export function cameraStatus(hall: Hall<Camera>): CameraStatus {
  let state: CameraState = { reachable: false };
  const tell = (next: CameraState) => {
    state = next;
    hall.state(state);
  };
  const update = (news: Partial<CameraState>) => {
    const changed = Object.entries(news).some(([key, value]) => isNews(key, value, state));
    if (changed) tell({ ...state, ...news });
  };
  return {
    update,
    signal(name, source, active) {
      if (name === 'digital-input') update({ inputs: { ...state.inputs, [source]: active } });
      else update({ [name === 'video-loss' ? 'videoLoss' : name]: active });
    },
    countSuppressed: () => update({ suppressed: (state.suppressed ?? 0) + 1 }),
  };
}

function isNews(key: string, value: unknown, state: CameraState): boolean {
  const before = Object.entries(state).find(([known]) => known === key)?.[1];
  if (key === 'clockDriftMs' && typeof value === 'number' && typeof before === 'number') {
    return Math.abs(value - before) >= DRIFT_NEWS_MS;
  }
  return JSON.stringify(value) !== JSON.stringify(before);
}
