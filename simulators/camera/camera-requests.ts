/**
 * What the camera was asked, for tests that count calls. The oldest are forgotten; the counts go on.
 */
import { recording } from '../kit/recording.ts';

export interface CameraRequest {
  atMs: number;
  /** `GetProfiles`, `snapshot`, `RTSP DESCRIBE`, or `unreadable`. */
  operation: string;
  path: string;
  status: number;
}

export interface CameraRequests {
  /** Oldest first. */
  readonly entries: readonly CameraRequest[];
  add(operation: string, path: string, status: number): void;
  /** How often an operation was asked for since the start; with a status, how often it was answered so. */
  asked(operation: string, status?: number): number;
}

const REQUESTS_KEPT = 2_000;
/** A client may invent operations; beyond so many names they are counted together. */
const NAMES_MAX = 200;

export function cameraRequests(now: () => number): CameraRequests {
  const kept = recording<CameraRequest>(REQUESTS_KEPT);
  const counts = new Map<string, Map<number, number>>();
  const countsOf = (operation: string) => {
    const name = counts.has(operation) || counts.size < NAMES_MAX ? operation : 'other';
    const found = counts.get(name) ?? new Map<number, number>();
    counts.set(name, found);
    return found;
  };
  return {
    entries: kept.entries,
    add(operation, path, status) {
      kept.add({ atMs: now(), operation, path, status });
      const byStatus = countsOf(operation);
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    },
    asked(operation, status) {
      const byStatus = counts.get(operation) ?? new Map<number, number>();
      if (status !== undefined) return byStatus.get(status) ?? 0;
      return [...byStatus.values()].reduce((sum, count) => sum + count, 0);
    },
  };
}
