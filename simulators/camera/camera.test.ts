import { loadImage } from '@napi-rs/canvas';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { send, soap, type Reply } from './camera-client.fixture.ts';
import { HALL_PRESETS } from './camera-defaults.ts';
import type { CameraOptions } from './camera-options.ts';
import { startCamera, type SimulatedCamera } from './camera.ts';
import { DEVICE_PATH } from './device-service.ts';
import { childOf, readXml, textAt } from './xml-reading.ts';

let camera: SimulatedCamera;
afterEach(() => camera.close());

async function start(options: CameraOptions = {}): Promise<void> {
  camera = await startCamera({ auth: 'none', ...options });
}

const device = (body: string) => soap(camera, { path: DEVICE_PATH, body });
const media = (body: string) => soap(camera, { path: '/onvif/media_service', body });
const ptz = (body: string) => soap(camera, { path: '/onvif/ptz_service', body });
const whoAreYou = () => device('<tds:GetDeviceInformation/>');
const picture = () => send(camera, { method: 'GET', path: '/onvif-http/snapshot?Profile_2', headers: {} });
const TOKEN = '<tptz:ProfileToken>Profile_1</tptz:ProfileToken>';

describe('a camera', () => {
  it('answers every operation of its services with well-formed XML of its own namespace', async () => {
    await start({ name: '大门 <&>', presets: HALL_PRESETS });
    const questions: [string, string][] = [
      [DEVICE_PATH, '<tds:GetSystemDateAndTime/>'],
      [DEVICE_PATH, '<tds:GetServices><tds:IncludeCapability>true</tds:IncludeCapability></tds:GetServices>'],
      [DEVICE_PATH, '<tds:GetCapabilities/>'],
      [DEVICE_PATH, '<tds:GetNetworkInterfaces/>'],
      [DEVICE_PATH, '<tds:GetHostname/>'],
      [DEVICE_PATH, '<tds:GetScopes/>'],
      ['/onvif/media_service', '<trt:GetProfiles/>'],
      ['/onvif/media_service', '<trt:GetVideoSources/>'],
      ['/onvif/media2_service', '<tr2:GetProfiles><tr2:Type>All</tr2:Type></tr2:GetProfiles>'],
      ['/onvif/media2_service', '<tr2:GetVideoSourceConfigurations/>'],
      ['/onvif/ptz_service', '<tptz:GetNodes/>'],
      ['/onvif/ptz_service', '<tptz:GetConfigurations/>'],
      ['/onvif/ptz_service', `<tptz:GetStatus>${TOKEN}</tptz:GetStatus>`],
    ];
    for (const [path, body] of questions) {
      const reply = await soap(camera, { path, body });
      const [, prefix, name = ''] = /^<(\w+):(\w+)/.exec(body) ?? [];
      expect([prefix, reply.status, reply.body?.name]).toEqual([prefix, 200, `${name}Response`]);
      expect(reply.body?.children.length).toBeGreaterThan(0);
    }
  });

  it('tells only the services that it has, by both of the ways to ask', async () => {
    await start({ media: 'media2', events: false });
    const { body } = await device('<tds:GetServices/>');
    const paths = body?.children.map((service) => new URL(textAt(service, 'XAddr') ?? '').pathname);
    expect(paths).toEqual([DEVICE_PATH, '/onvif/media2_service']);
    const capabilities = childOf((await device('<tds:GetCapabilities/>')).body, 'Capabilities');
    expect(capabilities?.children.map(({ name }) => name)).toEqual(['Device']);
  });

  it('tells configurations of a second-generation profile only when asked for them', async () => {
    await start();
    const ask = async (types: string) => {
      const { body } = await soap(camera, {
        path: '/onvif/media2_service',
        body: `<tr2:GetProfiles>${types}</tr2:GetProfiles>`,
      });
      return childOf(body, 'Profiles', 'Configurations')?.children.map(({ name }) => name);
    };
    expect(await ask('')).toEqual([]);
    expect(await ask('<tr2:Type>VideoEncoder</tr2:Type>')).toEqual(['VideoEncoder']);
  });

  it('is set to another time, and to that of a time server again', async () => {
    await start({ now: () => Date.UTC(2026, 5, 1) });
    const set = (content: string) => device(`<tds:SetSystemDateAndTime>${content}</tds:SetSystemDateAndTime>`);
    await set(`<tds:DateTimeType>Manual</tds:DateTimeType><tds:UTCDateTime>
      <tt:Time><tt:Hour>8</tt:Hour><tt:Minute>30</tt:Minute><tt:Second>5</tt:Second></tt:Time>
      <tt:Date><tt:Year>2030</tt:Year><tt:Month>2</tt:Month><tt:Day>28</tt:Day></tt:Date></tds:UTCDateTime>`);
    expect(camera.body.clock.time()).toBe(Date.UTC(2030, 1, 28, 8, 30, 5));
    expect((await set('<tds:DateTimeType>Manual</tds:DateTimeType>')).fault?.code).toBe('ter:InvalidDateTime');
    await set('<tds:DateTimeType>NTP</tds:DateTimeType>');
    expect(camera.truth).toMatchObject([
      { what: 'clock-set', source: 'Manual', cameraTime: '2030-02-28T08:30:05Z' },
      { what: 'clock-set', source: 'NTP', cameraTime: '2026-06-01T00:00:00Z' },
    ]);
  });

  it('names addresses that lead elsewhere when it stands behind a router', async () => {
    await start({ advertise: { host: '192.168.1.64', port: 80 } });
    const { body } = await device('<tds:GetServices/>');
    expect(textAt(body, 'Service', 'XAddr')).toBe(`http://192.168.1.64:80${DEVICE_PATH}`);
  });

  it('looks where it is told, and refuses a preset, a profile or a speed that it does not know', async () => {
    await start({ presets: HALL_PRESETS });
    await ptz(`<tptz:GotoPreset>${TOKEN}<tptz:PresetToken>2</tptz:PresetToken></tptz:GotoPreset>`);
    await ptz(
      `<tptz:ContinuousMove>${TOKEN}<tptz:Velocity><tt:PanTilt x="0.5" y="-1"/></tptz:Velocity></tptz:ContinuousMove>`,
    );
    await ptz(`<tptz:Stop>${TOKEN}</tptz:Stop>`);
    const refused = [
      await ptz(`<tptz:GotoPreset>${TOKEN}<tptz:PresetToken>9</tptz:PresetToken></tptz:GotoPreset>`),
      await ptz('<tptz:GetPresets><tptz:ProfileToken>none</tptz:ProfileToken></tptz:GetPresets>'),
      await ptz(`<tptz:ContinuousMove>${TOKEN}<tptz:Velocity><tt:Zoom x="2"/></tptz:Velocity></tptz:ContinuousMove>`),
    ];
    expect(refused.map(({ fault }) => fault?.code)).toEqual(['ter:NoToken', 'ter:NoProfile', 'ter:InvalidVelocity']);
    expect(camera.truth).toMatchObject([
      { what: 'looked-at-preset', name: '3号窗口 <左>' },
      { what: 'moving', pan: 0.5, tilt: -1, zoom: 0 },
      { what: 'stopped' },
    ]);
  });

  it.each([
    ['an operation that it does not have', DEVICE_PATH, '<tds:GetUsers/>'],
    ['an operation at the address of another service', DEVICE_PATH, '<trt:GetProfiles/>'],
    ['PTZ, when it cannot turn', '/onvif/ptz_service', '<tptz:GetNodes/>'],
    ['a name of every object in JavaScript', DEVICE_PATH, '<tds:constructor/>'],
  ])('refuses %s', async (_, path, body) => {
    await start();
    expect(await soap(camera, { path, body })).toMatchObject({
      status: 500,
      fault: { code: 'ter:ActionNotSupported' },
    });
  });

  it('shows a picture that other programs can read', async () => {
    await start();
    const { bytes, headers } = await picture();
    const { width, height } = await loadImage(bytes);
    expect([headers['content-type'], width, height]).toEqual(['image/jpeg', 704, 576]);
    expect(camera.truth).toMatchObject([{ what: 'snapshot-taken', profile: 'Profile_2' }]);
  });

  it('tells a listener what happens as it happens', async () => {
    await start();
    const heard: unknown[] = [];
    const stop = camera.onTruth(({ what }) => heard.push(what));
    camera.motion(true);
    stop();
    camera.motion(false);
    expect(heard).toEqual(['motion']);
  });
});

describe('a camera that cannot be reached', () => {
  it('is gone while its cable is pulled, and comes back at the same ports', async () => {
    await start();
    await camera.pullCable();
    await expect(whoAreYou()).rejects.toThrow(/ECONNREFUSED/);
    await camera.plugIn();
    expect((await whoAreYou()).status).toBe(200);
  });

  it('reboots on command: first answers, then is down, then has forgotten its subscriptions', async () => {
    await start({ rebootMs: 50 });
    await soap(camera, { path: '/onvif/event_service', body: '<tev:CreatePullPointSubscription/>' });
    expect(camera.subscribed()).toBe(1);
    expect((await device('<tds:SystemReboot/>')).body?.name).toBe('SystemRebootResponse');
    await until('it is down', async () =>
      whoAreYou().then(
        () => false,
        () => true,
      ),
    );
    await until('it is up again', async () =>
      whoAreYou().then(
        () => true,
        () => false,
      ),
    );
    expect(camera.truth).toMatchObject([{ what: 'reboot', by: 'command' }]);
    expect(camera.subscribed()).toBe(0);
  });

  it('stays away after a reboot whose cable was pulled meanwhile', async () => {
    await start();
    const rebooted = camera.reboot('person', 30);
    await camera.pullCable();
    await rebooted;
    await expect(whoAreYou()).rejects.toThrow(/ECONNREFUSED/);
  });

  it('hangs with the line open, and answers late when it wakes up', async () => {
    await start();
    camera.hang();
    let answered = false;
    const waiting = whoAreYou().finally(() => (answered = true));
    await until('the request is there', () => camera.accepted() === 1);
    expect(answered).toBe(false);
    camera.wake();
    expect((await waiting).status).toBe(200);
  });
});

describe('an answer that is spoiled', () => {
  it.each(['every-byte', 'whole'] as const)(
    'may come in pieces (%s), chunked or not, and is still the same',
    async (pieces) => {
      await start();
      const honest = (await whoAreYou()).bytes;
      Object.assign(camera.quirks, { pieces, encoding: 'chunked' });
      const chunked = await whoAreYou();
      expect([chunked.headers['transfer-encoding'], chunked.bytes.equals(honest)]).toEqual(['chunked', true]);
      camera.quirks.encoding = 'content-length';
      expect((await whoAreYou()).bytes.equals(honest)).toBe(true);
    },
  );

  it('may be half of a document, which is no XML', async () => {
    await start();
    camera.quirks.answer = 'truncated';
    const { status, body, bytes } = await whoAreYou();
    expect([status, body, bytes.length > 100]).toEqual([200, undefined, true]);
  });

  it.each([
    ['huge', (reply: Reply) => reply.bytes.length > 30_000_000],
    ['deep', (reply: Reply) => reply.bytes.toString().includes('<a>'.repeat(10_000))],
    ['billion-laughs', (reply: Reply) => reply.bytes.toString().includes('<!ENTITY ha9 "&ha8;')],
    ['web-page', (reply: Reply) => reply.bytes.toString().startsWith('<!DOCTYPE html>')],
  ] as const)('may be %s', async (answer, isSo) => {
    await start();
    camera.quirks.answer = answer;
    expect(isSo(await whoAreYou())).toBe(true);
  });

  it('may end in the middle, or be longer or shorter than it says', async () => {
    await start();
    camera.quirks.answer = 'cut-off';
    await expect(whoAreYou()).rejects.toThrow(/aborted|ECONNRESET/);
    camera.quirks.answer = 'honest';
    camera.quirks.contentLength = 'too-short';
    await expect(whoAreYou()).rejects.toThrow(/Parse Error/);
    camera.quirks.contentLength = 'too-long';
    await expect(whoAreYou()).rejects.toThrow(/aborted|ECONNRESET/);
  });

  it('may be late, and only for some operations', async () => {
    await start();
    Object.assign(camera.quirks, { answerDelayMs: 60, operations: new Set(['GetHostname']) });
    const began = performance.now();
    await device('<tds:GetHostname/>');
    expect(performance.now() - began).toBeGreaterThan(55);
    camera.quirks.answer = 'web-page';
    expect((await whoAreYou()).body?.name).toBe('GetDeviceInformationResponse');
  });

  it('may say that the firmware does not have an operation', async () => {
    await start();
    camera.quirks.unsupported = new Set(['GetSnapshotUri']);
    expect((await media('<trt:GetSnapshotUri/>')).fault?.code).toBe('ter:ActionNotSupported');
  });

  it('is a fault for a request that is no SOAP, and a refusal for one that is too large', async () => {
    await start();
    const post = (text: string) => send(camera, { method: 'POST', path: DEVICE_PATH, headers: {}, text });
    expect((await post('<half>')).fault?.code).toBe('ter:WellFormed');
    expect((await post(`<a>${'b'.repeat(300_000)}</a>`)).status).toBe(413);
    expect(readXml((await post('')).bytes.toString())?.name).toBe('Envelope');
    expect(camera.asked('unreadable')).toBe(3);
  });
});

describe('97 cameras in one process', () => {
  it('cost no timer while nobody asks, and are told apart', async () => {
    const timersOf = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timersOf();
    const hall = await Promise.all(Array.from({ length: 97 }, (_, seed) => startCamera({ seed, host: '127.0.0.1' })));
    const serials = new Set(hall.map(({ body }) => body.build.serial));
    expect(timersOf()).toBeLessThanOrEqual(before);
    expect(serials.size).toBe(97);
    [camera] = hall as [SimulatedCamera];
    await Promise.all(hall.map((each) => each.close()));
  });
});
