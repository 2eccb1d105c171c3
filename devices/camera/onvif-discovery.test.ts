import { describe, expect, it, onTestFinished } from 'vitest';
import { startDiscovery, type DiscoveryOptions } from '../../simulators/camera/discovery.ts';
import { cameraCrowd } from './onvif-crowd.ts';
import { discoverCameras, readMatches, type FoundCamera } from './onvif-discovery.ts';
import { cameraForTest, runDriver } from './onvif-rig.fixture.ts';

async function network(options: DiscoveryOptions = {}) {
  const discovery = await startDiscovery({ port: 0, interfaces: [], ...options });
  onTestFinished(() => discovery.close());
  const search = () => discoverCameras({ hosts: ['127.0.0.1'], port: discovery.port, waitMs: 400 });
  return { discovery, search };
}

const onvifScopes = ['onvif://www.onvif.org/name/%E5%A4%A7%E9%97%A8', 'onvif://www.onvif.org/hardware/DS-2CD'];
const cameraNo = (nth: number) => ({
  uuid: `4d454930-0000-1000-8000-0000000000${String(nth).padStart(2, '0')}`,
  scopes: onvifScopes,
  xaddrs: [`http://192.168.1.${nth}/onvif/device_service`, `http://[fe80::${nth}]/onvif/device_service`],
});

describe('a search for cameras', () => {
  it('finds each once, with name, model and all its addresses', async () => {
    const { discovery, search } = await network();
    discovery.add(cameraNo(1));
    discovery.add(cameraNo(2));
    const found = await search();
    expect(found.map(({ endpoint }) => endpoint)).toEqual([1, 2].map((nth) => `urn:uuid:${cameraNo(nth).uuid}`));
    expect(found[0]).toMatchObject({
      name: '大门',
      hardware: 'DS-2CD',
      addresses: cameraNo(1).xaddrs,
      from: '127.0.0.1',
    });
  });

  it('finds all that one answer tells, and one that tells no address', async () => {
    const { discovery, search } = await network({ matchesPerReply: 8 });
    for (let nth = 1; nth <= 97; nth += 1) discovery.add({ ...cameraNo(nth), xaddrs: [] });
    const found = await search();
    expect(found).toHaveLength(97);
    expect(found[0]?.addresses).toEqual([]);
  });

  it('asks the whole network, too', async () => {
    const { discovery } = await network({ port: 3_702, interfaces: ['127.0.0.1'] });
    discovery.add(cameraNo(7));
    const found = await discoverCameras({ waitMs: 800 });
    expect(found.map(({ endpoint }) => endpoint)).toContain(`urn:uuid:${cameraNo(7).uuid}`);
  });

  it('ends when nobody waits for it any more, and finds nobody in an empty network', async () => {
    const { search } = await network();
    await expect(search()).resolves.toEqual([]);
    await expect(discoverCameras({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  it('passes over answers that nobody asked for, are no XML, or have no identity', () => {
    const asked = new Set(['urn:uuid:1']);
    const answer = (relates: string, match: string) =>
      Buffer.from(
        `<E><Header><RelatesTo>${relates}</RelatesTo></Header><Body><ProbeMatches>${match}</ProbeMatches></Body></E>`,
      );
    const match = '<ProbeMatch><EndpointReference><Address>urn:uuid:a</Address></EndpointReference></ProbeMatch>';
    expect(readMatches(answer('urn:uuid:1', match), 'x', asked)).toEqual([
      { endpoint: 'urn:uuid:a', addresses: [], from: 'x' },
    ]);
    expect(readMatches(answer('urn:uuid:2', match), 'x', asked)).toEqual([]);
    expect(readMatches(answer('urn:uuid:1', '<ProbeMatch/>'), 'x', asked)).toEqual([]);
    expect(readMatches(Buffer.from('<E>'), 'x', asked)).toEqual([]);
    expect(readMatches(Buffer.from('\0\xff'), 'x', asked)).toEqual([]);
    expect(readMatches(Buffer.from('<!DOCTYPE a><E/>'), 'x', asked)).toEqual([]);
  });
});

describe('a camera that moved', () => {
  it('is told with its new address', async () => {
    const found: FoundCamera[] = [{ endpoint: 'urn:uuid:gone', addresses: [], from: '192.168.1.77' }];
    let searches = 0;
    const crowd = cameraCrowd({
      monotonicMs: () => 0,
      search: () => {
        searches += 1;
        return Promise.resolve(found);
      },
    });
    const simulated = await cameraForTest();
    await simulated.pullCable();
    const shared = new Map([['camera.onvif', { thing: crowd, holders: 1 }]]);
    const { seen } = runDriver(simulated, { endpoint: 'urn:uuid:gone', retryMaxMs: 100 }, shared);
    await seen.until(
      'it was told',
      () => seen.presence.state === 'offline' && seen.presence.reason.code === 'camera.moved',
    );
    expect(seen.presence).toMatchObject({ reason: { facts: { is: '192.168.1.77' } } });
    await simulated.plugIn();
    await seen.until('it came back', () => seen.presence.state === 'online');
    expect(searches).toBe(1);
  });
});
