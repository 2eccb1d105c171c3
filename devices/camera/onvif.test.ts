/**
 * What is special about cameras on ONVIF: who may ask and how, pictures, presets and restarts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../gateway/kernel/secret.ts';
import { HALL_PRESETS } from '../../simulators/camera/camera-defaults.ts';
import type { CameraOptions } from '../../simulators/camera/camera-options.ts';
import { cameraForTest, runDriver } from './onvif-rig.fixture.ts';

const ODD_USER = { user: "hall<&'> one", password: 'p@ss"wörd,=\\密码' };

describe('a camera is asked as it wants to be', () => {
  const ways: [string, CameraOptions][] = [
    ['a token', { auth: 'usernametoken' }],
    ['HTTP digest, MD5', { auth: 'digest' }],
    ['HTTP digest as Hikvision writes it', { auth: 'digest', digest: { dialect: 'hikvision' } }],
    ['HTTP digest without qop', { auth: 'digest', digest: { dialect: 'rfc2069' } }],
    ['a nonce that ends in "="', { auth: 'digest', digest: { dialect: 'padded-nonce' } }],
    ['MD5 and SHA-256', { auth: 'digest', digest: { dialect: 'hikvision', algorithms: ['MD5', 'SHA-256'] } }],
    ['a nonce that is stale after two uses', { auth: 'digest', digest: { nonceUsesMax: 2 } }],
    ['either', { auth: 'both' }],
    ['nothing', { auth: 'none' }],
  ];
  it.each(ways)('with %s, by both libraries, by users with every sort of name', async (_, options) => {
    for (const backend of ['node-onvif', 'onvif'] as const) {
      const simulated = await cameraForTest({ ...options, ...ODD_USER, media: 'both', presets: HALL_PRESETS });
      const { seen, state, online } = runDriver(simulated, { backend });
      await online();
      expect(seen.log.find(({ event }) => event === 'camera.online')?.facts['backend']).toBe(backend);
      expect(state()).toMatchObject({ serial: simulated.body.build.serial, firmware: simulated.body.build.firmware });
      const { sha256 } = (await seen.command('snapshot', {})) as { sha256: string };
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      // After a picture by digest, SOAP still gets what SOAP wants.
      await expect(seen.command('goto-preset', { preset: '3号窗口 <左>' })).resolves.toMatchObject({ token: '2' });
    }
  });

  it('by a user whose name is Chinese and full of what XML keeps for itself', async () => {
    for (const backend of ['node-onvif', 'onvif'] as const) {
      const simulated = await cameraForTest({ user: '大厅<&"hall\'>', password: '密码&<' });
      await runDriver(simulated, { backend }).online();
    }
  });

  it('and one that knows only Media2 is asked by onvif', async () => {
    const simulated = await cameraForTest({ media: 'media2' });
    const { seen, state, online } = runDriver(simulated);
    await online();
    expect(seen.log.find(({ event }) => event === 'camera.online')?.facts['backend']).toBe('onvif');
    expect(state().profiles).toMatchObject([
      { token: 'Profile_1', name: 'mainStream', width: 1920, height: 1080 },
      { token: 'Profile_2', name: 'subStream', width: 704, height: 576 },
    ]);
  });

  it('and texts that look like numbers stay what they are', async () => {
    const build = {
      serial: '00123456789012345678',
      firmware: '5.50',
      profiles: [{ token: '1.0', name: '001', width: 640, height: 480 }],
    };
    for (const backend of ['node-onvif', 'onvif'] as const) {
      const { state, online } = runDriver(await cameraForTest(build), { backend });
      await online();
      expect(state()).toMatchObject({
        serial: build.serial,
        firmware: '5.50',
        profiles: [{ token: '1.0', name: '001' }],
      });
    }
  });

  it('and a wrong password is said at once and not tried again soon, lest the account be locked', async () => {
    for (const auth of ['usernametoken', 'digest'] as const) {
      const simulated = await cameraForTest({ auth });
      const { seen } = runDriver(simulated, { password: new Secret('wrong') });
      await seen.until('it is offline', () => seen.presence.state === 'offline');
      expect(seen.presence).toMatchObject({ reason: { code: 'camera.not-authorised', remedy: 'operator' } });
      const refused = simulated.requests.filter(
        ({ operation, status }) => operation !== 'GetSystemDateAndTime' && status !== 200,
      );
      expect(refused.length).toBeLessThanOrEqual(2);
    }
  });

  it('and one whose clock is years off is still signed correctly, and its clock can be set', async () => {
    const simulated = await cameraForTest();
    simulated.drift(-3 * 365 * 86_400_000);
    const { seen, state, online } = runDriver(simulated);
    await online();
    expect(state().clockDriftMs).toBeLessThan(-90_000_000_000);
    await expect(seen.command('set-time', {})).resolves.toMatchObject({ driftAfterMs: expect.any(Number) as number });
    expect(Math.abs(state().clockDriftMs ?? Number.NaN)).toBeLessThan(3_000);
  });

  it('and one that names a wrong address of itself is asked where hall.yaml says', async () => {
    const simulated = await cameraForTest({ advertise: { host: '169.254.169.254', port: 81 } });
    const { seen, state, online } = runDriver(simulated);
    await online();
    await seen.command('snapshot', {});
    expect(state().events).toBe('subscribed');
    expect(JSON.stringify(seen.states)).not.toContain('169.254');
    expect(state().profiles?.[0]?.streamUri).toMatch(/^rtsp:\/\/127\.0\.0\.1/);
  });

  it('and another one at its address is refused', async () => {
    const { seen } = runDriver(await cameraForTest(), { serial: 'SV-OTHER' });
    await seen.until('it is offline', () => seen.presence.state === 'offline');
    expect(seen.presence).toMatchObject({ reason: { code: 'camera.other-device' } });
  });
});

describe('a picture', () => {
  it('is taken when an alarm begins, lies in the folder, and is announced by reference', async () => {
    const simulated = await cameraForTest();
    const { seen, folder, state, events, online } = runDriver(simulated, {
      snapshots: { on: ['tamper'], publish: true },
    });
    await online();
    simulated.tamper(true);
    await seen.until('the picture is announced', () => seen.said.length === 1);
    const taken = events().find(({ type }) => type === 'camera.snapshot-taken');
    const path = String(taken?.data['path']);
    expect(taken?.data).toMatchObject({ cause: 'tamper', contentType: 'image/jpeg' });
    expect(path.startsWith(join(folder, 'snapshots', 'device-under-test'))).toBe(true);
    expect(readFileSync(path).length).toBe(taken?.data['bytes']);
    expect(state().lastSnapshot?.path).toBe(path);
    expect(seen.said[0]).toMatchObject({
      rest: 'snapshot',
      payload: { base64: readFileSync(path).toString('base64') },
    });
  });

  it('that breaks off is refused, and nothing of it is kept', async () => {
    const simulated = await cameraForTest();
    const { seen, folder, online } = runDriver(simulated);
    await online();
    simulated.quirks.operations = new Set(['snapshot']);
    for (const answer of ['cut-off', 'web-page', 'truncated'] as const) {
      simulated.quirks.answer = answer;
      await expect(seen.command('snapshot', {})).rejects.toMatchObject({
        code: expect.stringMatching(/^camera\.(?:no-answer|picture-unusable)$/) as string,
      });
    }
    expect(readdirSync(folder, { recursive: true }).filter((name) => /\.(?:jpg|part)$/.test(String(name)))).toEqual([]);
  });
});

describe('a restart of the camera', () => {
  it('is seen as offline and online again, and events go on', async () => {
    const simulated = await cameraForTest();
    const { seen, events, online } = runDriver(simulated);
    await online();
    const back = simulated.reboot('person', 500);
    await seen.until('it is offline', () => seen.presence.state === 'offline');
    await back;
    await online();
    simulated.motion(true);
    await seen.until('the event arrived', () => events().length === 1);
  });

  it('is refused as a preset that does not exist is, with what there is', async () => {
    const { seen, online } = runDriver(await cameraForTest({ presets: HALL_PRESETS }));
    await online();
    await expect(seen.command('goto-preset', { preset: '后门' })).rejects.toMatchObject({
      code: 'camera.preset-unknown',
      hint: expect.stringContaining('大门') as string,
    });
  });
});
