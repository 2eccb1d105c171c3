/**
 * For this folder's tests: a simulated camera and a driver that runs against it, both gone after the test.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import { Secret } from '../../gateway/kernel/secret.ts';
import { startCamera, type SimulatedCamera } from '../../simulators/camera/camera.ts';
import type { CameraOptions } from '../../simulators/camera/camera-options.ts';
import { recordingHall, type RecordingHall, type RecordingStore, type SharedThings } from '../recording-hall.ts';
import type { Camera, camera as cameraKind } from './kind.ts';
import { camera } from './kind.ts';
import { onvif } from './onvif.ts';
import { onvifConfigSchema } from './onvif-settings.ts';

export type State = z.output<(typeof cameraKind)['state']>;
export type Settings = Partial<z.input<typeof onvifConfigSchema>>;

export interface RunningDriver {
  seen: RecordingHall<Camera>;
  folder: string;
  /** The newest state told. */
  state: () => State;
  events: () => { type: string; data: Record<string, unknown> }[];
  online: (deadlineMs?: number) => Promise<void>;
  stop: () => Promise<void>;
}

export async function cameraForTest(options: CameraOptions = {}): Promise<SimulatedCamera> {
  const simulated = await startCamera(options);
  onTestFinished(() => simulated.close());
  return simulated;
}

/** Runs the driver with quick settings; `settings` overrule them. */
export function runDriver(
  target: { host: string; port: number; body: { build: { user: string; password: string } } },
  settings: Settings = {},
  shared?: SharedThings,
  store?: RecordingStore,
): RunningDriver {
  const folder = mkdtempSync(join(tmpdir(), 'camera-'));
  const seen = recordingHall(camera, { dataDirectory: folder, ...(shared && { shared }), ...(store && { store }) });
  const config = onvifConfigSchema.parse({
    host: target.host,
    port: target.port,
    username: target.body.build.user,
    password: new Secret(target.body.build.password),
    events: { settleMs: 0, pullMs: 5_000 },
    pollMs: 200,
    replyTimeoutMs: 2_000,
    retryMaxMs: 300,
    refusedRetryMs: 60_000,
    ...settings,
  });
  const ended = onvif.run(config, seen.hall);
  const stop = async () => {
    seen.stop();
    await ended;
  };
  onTestFinished(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    seen,
    folder,
    state: () => camera.state.parse(seen.states.at(-1)),
    events: () => seen.store.occurrences.map(({ type, data }) => ({ type, data })),
    online: (deadlineMs) => seen.until('the camera is online', () => seen.presence.state === 'online', deadlineMs),
    stop,
  };
}
