import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../kit/until.ts';
import type { CameraOptions } from './camera-options.ts';
import { startCamera, type SimulatedCamera } from './camera.ts';
import { startDiscovery, type Discovery, type DiscoveryOptions } from './discovery.ts';
import { NS } from './namespaces.ts';
import { childOf, readXml, textAt } from './xml-reading.ts';

const load = createRequire(import.meta.url);
const onvif = load('onvif') as {
  Discovery: {
    probe(options: object, answer: (errors: unknown, cameras: { port: string }[]) => void): void;
    on(event: 'error', listener: () => void): void;
  };
};
const nodeOnvif = load('node-onvif') as {
  startProbe(): Promise<{ urn: string; name: string; hardware: string; xaddrs: string[] }[]>;
};

let discovery: Discovery | undefined;
const cameras: SimulatedCamera[] = [];
afterEach(async () => {
  await Promise.all(cameras.splice(0).map((camera) => camera.close()));
  await discovery?.close();
  discovery = undefined;
});

async function hall(options: DiscoveryOptions, ...each: CameraOptions[]): Promise<Discovery> {
  discovery = await startDiscovery(options);
  for (const [index, camera] of each.entries()) cameras.push(await startCamera({ seed: index, ...camera, discovery }));
  return discovery;
}

const probeText = (
  types: string,
  scopes = '',
) => `<e:Envelope xmlns:e="${NS.soap}" xmlns:a="${NS.discoveryAddressing}" xmlns="${NS.discovery}">
  <e:Header><a:Action>${NS.discovery}/Probe</a:Action><a:MessageID>uuid:1</a:MessageID></e:Header>
  <e:Body><Probe><Types xmlns:n="${NS.networkTypes}" xmlns:t="${NS.device}">${types}</Types><Scopes>${scopes}</Scopes></Probe></e:Body>
</e:Envelope>`;

/** Replies to a probe that was sent straight to the socket. */
async function ask(port: number, text: string, replies: number): Promise<string[]> {
  const socket = createSocket('udp4');
  const heard: string[] = [];
  socket.on('message', (bytes) => heard.push(bytes.toString()));
  socket.send(text, port, '127.0.0.1');
  await until('the replies came', () => heard.length >= replies);
  socket.close();
  await once(socket, 'close');
  return heard;
}

const matchesIn = (text: string) => childOf(readXml(text), 'Body', 'ProbeMatches')?.children ?? [];

describe('a probe straight to the socket', () => {
  it('is answered by every camera, each in a reply of its own that names the probe', async () => {
    const { port } = await hall({ port: 0, interfaces: [] }, { name: '大门 1' }, { name: 'B', presets: [] });
    const replies = await ask(port, probeText('n:NetworkVideoTransmitter'), 2);
    expect(replies.map((text) => textAt(readXml(text), 'Header', 'RelatesTo'))).toEqual(['uuid:1', 'uuid:1']);
    const matches = replies.map((text) => matchesIn(text)[0]);
    expect(matches.map((match) => textAt(match, 'XAddrs'))).toEqual(cameras.map(({ deviceUrl }) => deviceUrl));
    expect(textAt(matches[0], 'Scopes')).toContain(`onvif://www.onvif.org/name/${encodeURIComponent('大门 1')}`);
    expect(textAt(matches[0], 'EndpointReference', 'Address')).toBe(`urn:uuid:${cameras[0]?.body.build.uuid ?? ''}`);
  });

  it('may be answered by several cameras in one reply, without addresses, or with one of IPv6', async () => {
    const xaddrs = ['http://[fe80::1]/onvif/device_service', 'http://192.168.1.64/onvif/device_service'];
    const { port } = await hall({ port: 0, interfaces: [], matchesPerReply: 3 }, { xaddrs: [] }, { xaddrs }, {});
    const [reply = ''] = await ask(port, probeText('t:Device'), 1);
    expect(matchesIn(reply).map((match) => textAt(match, 'XAddrs'))).toEqual([
      undefined,
      xaddrs.join(' '),
      cameras[2]?.deviceUrl,
    ]);
  });

  it('is answered only by cameras of the wanted type and scope that can be reached', async () => {
    const socket = await hall({ port: 0, interfaces: [] }, { model: 'A' }, { model: 'B' }, { model: 'B' });
    await cameras[2]?.pullCable();
    const socketsOf = (replies: string[]) => replies.map((text) => textAt(matchesIn(text)[0], 'XAddrs'));
    const ofModelB = probeText('n:NetworkVideoTransmitter', 'onvif://www.onvif.org/hardware/B');
    expect(socketsOf(await ask(socket.port, ofModelB, 1))).toEqual([cameras[1]?.deviceUrl]);
    await ask(socket.port, probeText('n:NetworkVideoDisplay') + ' ', 0);
    await ask(socket.port, 'not even XML', 0);
    await cameras[2]?.plugIn();
    expect(await ask(socket.port, probeText(''), 3)).toHaveLength(3);
    expect(socket.heard()).toBe(2);
  });

  it('is answered by all 97 cameras of a hall', async () => {
    const socket = await hall({ port: 0, interfaces: [] });
    for (let index = 0; index < 97; index += 1)
      socket.add({ uuid: String(index), scopes: [], xaddrs: [`http://10.0.0.${index}/`] });
    const replies = await ask(socket.port, probeText('n:NetworkVideoTransmitter'), 97);
    expect(new Set(replies.map((text) => textAt(matchesIn(text)[0], 'XAddrs'))).size).toBe(97);
  });
});

/** A machine without a network has nobody to ask by multicast. */
const hasNetwork = Object.values(networkInterfaces()).some((list) => list?.some(({ internal }) => !internal));

describe.skipIf(!hasNetwork)('a probe by multicast', () => {
  it('lets npm onvif find the cameras', async () => {
    await hall({}, {}, {});
    onvif.Discovery.on('error', () => undefined);
    const found = await new Promise<{ port: string }[]>((resolve) => {
      onvif.Discovery.probe({ timeout: 1_000 }, (_, list) => resolve(list));
    });
    const ports = cameras.map(({ port }) => String(port));
    expect(found.map(({ port }) => port)).toEqual(expect.arrayContaining(ports));
  });

  it('lets npm node-onvif find the cameras', async () => {
    await hall({}, { name: 'Door_1', model: 'M 1' });
    const found = await nodeOnvif.startProbe();
    const own = found.find(({ urn }) => urn === `urn:uuid:${cameras[0]?.body.build.uuid ?? ''}`);
    expect(own).toMatchObject({ name: 'Door 1', hardware: 'M%201', xaddrs: [cameras[0]?.deviceUrl] });
  });

  it('is not needed when a camera comes back: it says hello to everybody', async () => {
    const listener = createSocket({ type: 'udp4', reuseAddr: true });
    onTestFinished(() => void listener.close());
    const heard: string[] = [];
    listener.on('message', (bytes) => heard.push(bytes.toString()));
    listener.bind(3702);
    await once(listener, 'listening');
    listener.addMembership('239.255.255.250');
    await hall({}, { name: 'back' });
    await cameras[0]?.pullCable();
    await cameras[0]?.plugIn();
    const uuid = cameras[0]?.body.build.uuid ?? '';
    const hello = await until('the hello is heard', () => heard.find((text) => text.includes(uuid)));
    expect(textAt(readXml(hello), 'Body', 'Hello', 'XAddrs')).toBe(cameras[0]?.deviceUrl);
  });
});
