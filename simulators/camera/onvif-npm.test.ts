/** The independent client `onvif` (agsh) against the simulated camera. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { requireTool } from '../kit/tools.ts';
import { until } from '../kit/until.ts';
import { HALL_PRESETS } from './camera-defaults.ts';
import type { CameraOptions } from './camera-options.ts';
import { startCamera, type SimulatedCamera } from './camera.ts';

type Answer = (error: Error | null, value?: unknown) => void;

interface Cam {
  profiles: { $: { token: string } }[];
  connect(answer: Answer): void;
  getDeviceInformation(answer: Answer): void;
  getStreamUri(options: object, answer: Answer): void;
  getSnapshotUri(options: object, answer: Answer): void;
  getPresets(options: object, answer: Answer): void;
  gotoPreset(options: object, answer: Answer): void;
  createPullPointSubscription(answer: Answer): void;
  pullMessages(options: object, answer: Answer): void;
  renew(options: object, answer: Answer): void;
  unsubscribe(answer: Answer): void;
  on(event: string, listener: (value: PulledEvent) => void): void;
  removeAllListeners(event: string): void;
}
interface PulledEvent {
  topic: { _: string };
  message: {
    message: { $: { PropertyOperation: string }; data: { simpleItem: { $: { Name: string; Value: boolean } } } };
  };
}

const { Cam } = createRequire(import.meta.url)('onvif') as { Cam: new (options: object) => Cam };

let camera: SimulatedCamera | undefined;
afterEach(async () => {
  await camera?.close();
  camera = undefined;
});

async function connect(options: CameraOptions = {}, client: object = {}): Promise<Cam> {
  camera = await startCamera(options);
  const { host, port, body } = camera;
  const { user: username, password } = body.build;
  const cam = new Cam({ hostname: host, port, username, password, autoconnect: false, timeout: 10_000, ...client });
  await ask((answer) => cam.connect(answer));
  return cam;
}

function ask(question: (answer: Answer) => void): Promise<unknown> {
  return new Promise((resolve, reject) => question((error, value) => (error ? reject(error) : resolve(value))));
}

const openssl = requireTool('openssl') ?? '';

/** A key and a certificate that the camera signed itself. */
function ownCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'camera-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync(openssl, ['req', '-x509', ...curve, '-subj', '/CN=camera', '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

describe('npm onvif', () => {
  it.skipIf(!openssl)('speaks HTTPS with a camera that signed its own certificate', async () => {
    const tls = ownCertificate();
    const cam = await connect({ tls }, { useSecure: true, secureOpts: { rejectUnauthorized: false } });
    expect(cam.profiles).toHaveLength(2);
    expect(camera?.deviceUrl).toMatch(/^https:/);
  });

  it('signs in with a UsernameToken and reads who the camera is', async () => {
    const cam = await connect({ auth: 'usernametoken', model: 'IPC <门> & "窗"', serial: 'SV1' });
    expect(await ask((answer) => cam.getDeviceInformation(answer))).toMatchObject({
      model: 'IPC <门> & "窗"',
      serialNumber: 'SV1',
    });
  });

  it.each(['standard', 'hikvision', 'rfc2069', 'padded-nonce'] as const)(
    'signs in with HTTP digest in its %s form',
    async (dialect) => {
      const cam = await connect({ auth: 'digest', digest: { dialect, algorithms: ['MD5', 'SHA-256'] } });
      expect(cam.profiles.map(({ $ }) => $.token)).toEqual(['Profile_1', 'Profile_2']);
    },
  );

  it('is refused with a wrong password', async () => {
    const byToken = await connect({}, { password: 'wrong' });
    await expect(ask((answer) => byToken.getDeviceInformation(answer))).rejects.toThrow(/not Authorized/);
    await camera?.close();
    const byDigest = await connect({ auth: 'digest' }, { password: 'wrong' });
    await expect(ask((answer) => byDigest.getDeviceInformation(answer))).rejects.toThrow(/authentication failed/);
  });

  it('is let in although the clock of the camera is an hour behind, because it asks for the time first', async () => {
    camera = await startCamera({ auth: 'usernametoken' });
    camera.drift(-3_600_000);
    const { host, port, body } = camera;
    const cam = new Cam({
      hostname: host,
      port,
      username: body.build.user,
      password: body.build.password,
      autoconnect: false,
    });
    await ask((answer) => cam.connect(answer));
    expect(cam.profiles).toHaveLength(2);
  });

  it.each(['media1', 'media2', 'both'] as const)('reads the addresses of stream and picture from %s', async (media) => {
    const cam = await connect({ media });
    const stream = await ask((answer) => cam.getStreamUri({ protocol: 'RTSP', profileToken: 'Profile_1' }, answer));
    const picture = await ask((answer) => cam.getSnapshotUri({ profileToken: 'Profile_1' }, answer));
    expect(stream).toMatchObject({ uri: expect.stringMatching(/^rtsp:.*Channels\/101$/) as string });
    expect(picture).toMatchObject({ uri: expect.stringMatching(/^http:.*snapshot\?Profile_1$/) as string });
  });

  it('turns the camera to a preset with a Chinese name', async () => {
    const cam = await connect({ presets: HALL_PRESETS });
    const presets = (await ask((answer) => cam.getPresets({ profileToken: 'Profile_1' }, answer))) as Record<
      string,
      { $: { token: string } }
    >;
    expect(Object.keys(presets)).toEqual(HALL_PRESETS.map(({ name }) => name));
    await ask((answer) => cam.gotoPreset({ profileToken: 'Profile_1', preset: presets['大门']?.$.token }, answer));
    expect(camera?.truth.at(-1)).toMatchObject({ what: 'looked-at-preset', name: '大门' });
  });

  it.each(['address', 'axis-parameter'] as const)(
    'pulls what happens (subscription by %s)',
    async (subscriptionForm) => {
      const cam = await connect({ subscriptionForm });
      const heard: PulledEvent[] = [];
      cam.on('event', (event) => heard.push(event));
      await until('the first state is told', () => heard.length >= 5);
      expect(heard.map(({ message }) => message.message.$.PropertyOperation)).toEqual(Array(5).fill('Initialized'));
      camera?.motion(true);
      await until('the motion is told', () => heard.length >= 7);
      expect(heard.slice(5).map(({ topic }) => topic._)).toEqual([
        'tns1:VideoSource/MotionAlarm',
        'tns1:RuleEngine/CellMotionDetector/Motion',
      ]);
      expect(heard.at(-1)?.message.message.data.simpleItem.$).toEqual({ Name: 'IsMotion', Value: true });
      cam.removeAllListeners('event');
    },
  );

  it('renews and ends a subscription', async () => {
    const cam = await connect();
    await ask((answer) => cam.createPullPointSubscription(answer));
    expect(camera?.subscribed()).toBe(1);
    expect(await ask((answer) => cam.renew({}, answer))).toHaveProperty('terminationTime');
    await ask((answer) => cam.unsubscribe(answer));
    expect(camera?.subscribed()).toBe(0);
  });
});
