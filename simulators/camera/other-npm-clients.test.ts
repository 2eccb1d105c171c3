/** The independent clients `node-onvif` and `onvif-nvt` against the simulated camera. */
import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';
import { HALL_PRESETS } from './camera-defaults.ts';
import type { CameraOptions } from './camera-options.ts';
import { startCamera, type SimulatedCamera } from './camera.ts';

interface OnvifDevice {
  init(): Promise<Record<string, string>>;
  getProfileList(): { token: string; name: string }[];
  getUdpStreamUrl(): string;
  fetchSnapshot(): Promise<{ headers: Record<string, string>; body: Buffer }>;
  ptzMove(options: object): Promise<void>;
  ptzStop(): Promise<unknown>;
  services: {
    ptz: { getPresets(options: object): Promise<{ data: unknown }>; gotoPreset(options: object): Promise<unknown> };
  };
}
interface NvtCamera {
  core: { getDeviceInformation(): Promise<{ data: { GetDeviceInformationResponse: Record<string, string> } }> };
  media: { getStreamUri(transport: string, protocol: string, token: string): Promise<{ data: unknown }> };
  events: { getEventProperties(): Promise<{ data: unknown }> };
  profileList: unknown[];
}

const load = createRequire(import.meta.url);
const { OnvifDevice } = load('node-onvif') as { OnvifDevice: new (options: object) => OnvifDevice };
const nvt = load('onvif-nvt') as {
  connect(host: string, port: number, user: string, password: string): Promise<NvtCamera>;
};

let camera: SimulatedCamera;
afterEach(() => camera.close());

async function device(options: CameraOptions = {}, password?: string): Promise<OnvifDevice> {
  camera = await startCamera(options);
  const { user, password: right } = camera.body.build;
  return new OnvifDevice({ xaddr: camera.deviceUrl, user, pass: password ?? right });
}

describe('npm node-onvif', () => {
  it('learns who the camera is, its profiles and its stream', async () => {
    const client = await device({ serial: 'SV7', firmware: 'V1' });
    camera.drift(7_200_000);
    expect(await client.init()).toMatchObject({ SerialNumber: 'SV7', FirmwareVersion: 'V1' });
    expect(client.getProfileList().map(({ name }) => name)).toEqual(['mainStream', 'subStream']);
    expect(client.getUdpStreamUrl()).toBe(`rtsp://127.0.0.1:${camera.rtspPort}/Streaming/Channels/101`);
  });

  it('fetches a picture by HTTP digest', async () => {
    const client = await device();
    await client.init();
    const { headers, body } = await client.fetchSnapshot();
    expect([headers['content-type'], body.subarray(0, 2).toString('hex')]).toEqual(['image/jpeg', 'ffd8']);
  });

  it.each(['hikvision', 'rfc2069', 'padded-nonce'] as const)(
    'does not understand the %s form of digest, which is why a gateway needs its own',
    async (dialect) => {
      const client = await device({ digest: { dialect } });
      await client.init();
      await expect(client.fetchSnapshot()).rejects.toThrow(/401/);
    },
  );

  it('moves the camera, stops it and goes to a preset', async () => {
    const client = await device({ presets: HALL_PRESETS });
    await client.init();
    await client.ptzMove({ speed: { x: 1, y: 0, z: 0 } });
    await client.ptzStop();
    await client.services.ptz.gotoPreset({ ProfileToken: 'Profile_1', PresetToken: '3' });
    expect(camera.truth.map(({ what }) => what)).toEqual(['moving', 'stopped', 'looked-at-preset']);
  });

  it('is refused with a wrong password', async () => {
    const client = await device({}, 'wrong');
    await expect(client.init()).rejects.toThrow(/not Authorized/);
  });
});

describe('npm onvif-nvt', () => {
  it('connects and reads information, stream and event properties', async () => {
    camera = await startCamera({ model: 'M-7' });
    const { user, password } = camera.body.build;
    const client = await nvt.connect(camera.host, camera.port, user, password);
    const { data } = await client.core.getDeviceInformation();
    expect(data.GetDeviceInformationResponse['Model']).toBe('M-7');
    const stream = await client.media.getStreamUri('RTP-Unicast', 'RTSP', 'Profile_1');
    expect(JSON.stringify(stream.data)).toContain('/Streaming/Channels/101');
  });
});
