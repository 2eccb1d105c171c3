/**
 * The camera keeps the promises of every driver: with a token in SOAP and with HTTP digest, over both libraries.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { Secret } from '../../gateway/kernel/secret.ts';
import { startCamera, type SimulatedCamera } from '../../simulators/camera/camera.ts';
import { HALL_PRESETS } from '../../simulators/camera/camera-defaults.ts';
import { conformance, type Rig } from '../conformance.ts';
import { onvif } from './onvif.ts';

const refused = [
  { config: { host: '' }, path: 'host' },
  { config: { host: 'camera', port: 70_000 }, path: 'port' },
  { config: { host: 'camera', username: 'hall' }, path: 'password' },
  { config: { host: 'camera', username: 'hall', password: 'open sesame' }, path: 'password' },
  { config: { host: 'camera', tls: { fingerprint: 'ab:cd' } }, path: 'tls.fingerprint' },
  { config: { host: 'camera', events: { settle: 1 } }, path: 'events.settle' },
  { config: { host: 'camera', usrname: 'hall' }, path: 'usrname' },
];

async function makeRig(auth: 'usernametoken' | 'digest', media: 'media1' | 'media2', pluggedIn: boolean): Promise<Rig> {
  const camera = await startCamera({ auth, media, presets: HALL_PRESETS });
  const folder = mkdtempSync(join(tmpdir(), 'camera-'));
  if (!pluggedIn) await camera.pullCable();
  const truly = (what: string) => camera.truth.some((happening) => happening.what === what);
  return {
    config: {
      host: camera.host,
      port: camera.port,
      username: camera.body.build.user,
      password: new Secret(camera.body.build.password),
      events: { settleMs: 0, pullMs: 5_000 },
      snapshots: { folder },
      pollMs: 200,
      replyTimeoutMs: 1_500,
      retryMaxMs: 300,
    },
    plugIn: () => camera.plugIn(),
    pullCable: () => camera.pullCable(),
    act(nth) {
      camera.motion(nth % 2 === 0);
      return Promise.resolve();
    },
    expected: () =>
      camera.truth
        .flatMap((happening) => (happening.what === 'motion' && 'on' in happening ? [happening.on] : []))
        .map((on) => ({ type: 'camera.motion', data: { phase: on ? 'started' : 'ended' } })),
    trouble: (how) => makeTrouble(camera, how),
    commands: [
      { name: 'snapshot', input: {}, carriedOut: () => truly('snapshot-taken') },
      { name: 'goto-preset', input: { preset: '大门' }, carriedOut: () => truly('looked-at-preset') },
      { name: 'set-time', input: {}, carriedOut: () => truly('clock-set') },
      { name: 'reboot', input: {}, carriedOut: () => truly('reboot') },
    ],
    async close() {
      await camera.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** HTTP cannot carry bytes between its answers; what a camera does instead is to tell everything twice. */
function makeTrouble(camera: SimulatedCamera, how: Parameters<Rig['trouble']>[0]): void {
  if (how === 'one-byte-at-a-time') camera.quirks.pieces = 'every-byte';
  if (how === 'glued') camera.quirks.encoding = 'chunked';
  if (how === 'noise') camera.quirks.repeatEvents = true;
}

describe.each([
  ['usernametoken', 'media1'],
  ['digest', 'media2'],
] as const)('with %s and %s', (auth, media) => {
  conformance(onvif, {
    makeRig: ({ pluggedIn }) => makeRig(auth, media, pluggedIn),
    offlineWithinMs: 4_000,
    refused,
  });
});
