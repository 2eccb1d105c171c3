/**
 * Finding cameras: WS-Discovery over UDP, to the whole network or to one address. An answer may name several cameras, or
 * none that can be reached; what is malformed is passed over, and no stranger's answer costs more than its 64 kB.
 *
 * Source: WS-Discovery (April 2005) sections 4 and 5 (Probe, ProbeMatches, retransmission), ONVIF Core 2.0 section 7
 * (types and scopes), port and group from its section 2.4.
 */
import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { sleep } from '../../gateway/kernel/waiting.ts';
import { childrenOf, descend, readXml, type XmlElement } from './onvif-xml.ts';

export interface FoundCamera {
  /** Identity that stays when the address changes: `urn:uuid:...`. */
  endpoint: string;
  /** Addresses of its device service, as it says them. */
  addresses: string[];
  name?: string;
  hardware?: string;
  /** Who sent the answer. */
  from: string;
}

export interface DiscoveryOptions {
  /** How long answers are waited for. */
  waitMs?: number;
  /** Asked one by one instead of the whole network; for networks that carry no multicast. */
  hosts?: readonly string[];
  /** Default 3702. */
  port?: number;
  signal?: AbortSignal;
}

const GROUP = '239.255.255.250';
const PORT = 3_702;
const WAIT_MS = 3_000;
const REPEATS = 3;
const REPEAT_MS = 200;
const CAMERAS_MAX = 1_024;
const SCOPE = 'onvif://www.onvif.org/';
const LIMITS = { charactersMax: 65_536, depthMax: 24, elementsMax: 2_000, attributesMax: 32 };
const TYPES = [
  'xmlns:dn="http://www.onvif.org/ver10/network/wsdl"|dn:NetworkVideoTransmitter',
  'xmlns:tds="http://www.onvif.org/ver10/device/wsdl"|tds:Device',
];

/** Cameras that answered, each once, ordered by endpoint. A network that cannot be asked (no route) gives none. */
export async function discoverCameras(options: DiscoveryOptions = {}): Promise<FoundCamera[]> {
  const { waitMs = WAIT_MS, port = PORT, signal } = options;
  const found = new Map<string, FoundCamera>();
  const asked = new Set<string>();
  const hear = (message: Buffer, from: string) => {
    for (const camera of readMatches(message, from, asked)) merge(found, camera);
  };
  const sockets = await openSockets(options.hosts, hear);
  const waiting = sleep(waitMs, signal);
  waiting.catch(() => undefined);
  try {
    for (let nth = 0; nth < REPEATS; nth += 1) {
      for (const socket of sockets) ask(socket, options.hosts ?? [GROUP], port, asked);
      await sleep(Math.min(REPEAT_MS, waitMs), signal);
    }
    await waiting;
  } finally {
    for (const socket of sockets) socket.close();
  }
  return [...found.values()].sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
}

/** One socket for each address of this machine: multicast leaves by one interface only. */
async function openSockets(
  hosts: readonly string[] | undefined,
  hear: (message: Buffer, from: string) => void,
): Promise<Socket[]> {
  const addresses = hosts ? [undefined] : localAddresses();
  const opened = await Promise.all(addresses.map((address) => openSocket(address, hear)));
  return opened.filter((socket) => socket !== undefined);
}

function localAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
}

function openSocket(
  address: string | undefined,
  hear: (message: Buffer, from: string) => void,
): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('error', () => resolve(undefined));
    socket.on('message', (message, { address: from }) => hear(message, from));
    socket.bind({ port: 0, ...(address !== undefined && { address }) }, () => {
      if (address !== undefined) socket.setMulticastInterface(address);
      resolve(socket);
    });
  });
}

function ask(socket: Socket, hosts: readonly string[], port: number, asked: Set<string>): void {
  for (const type of TYPES) {
    const id = `urn:uuid:${randomUUID()}`;
    asked.add(id);
    // A host without a route is one that does not answer.
    for (const host of hosts) socket.send(probe(id, type), port, host, () => undefined);
  }
}

function probe(id: string, type: string): string {
  const [declaration = '', name = ''] = type.split('|');
  return (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ' +
    'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery">' +
    `<s:Header><a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action><a:MessageID>${id}` +
    '</a:MessageID><a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>' +
    `<s:Body><d:Probe><d:Types ${declaration}>${name}</d:Types></d:Probe></s:Body></s:Envelope>`
  );
}

/** The cameras in one answer to one of our questions; none when it is malformed or answers somebody else's. */
export function readMatches(message: Buffer, from: string, asked: ReadonlySet<string>): FoundCamera[] {
  try {
    const root = readXml(message.toString('utf8'), LIMITS);
    if (!asked.has(descend(root, 'Header', 'RelatesTo')?.text ?? '')) return [];
    const matches = childrenOf(descend(root, 'Body', 'ProbeMatches'), 'ProbeMatch');
    return matches.flatMap((match) => cameraOf(match, from) ?? []);
  } catch {
    return [];
  }
}

function cameraOf(match: XmlElement, from: string): FoundCamera | undefined {
  const endpoint = descend(match, 'EndpointReference', 'Address')?.text ?? '';
  if (endpoint === '') return undefined;
  const scopes = words(descend(match, 'Scopes')?.text);
  const name = scopeNamed(scopes, 'name');
  const hardware = scopeNamed(scopes, 'hardware');
  return {
    endpoint,
    addresses: words(descend(match, 'XAddrs')?.text).filter((address) => /^https?:\/\//.test(address)),
    ...(name !== undefined && { name }),
    ...(hardware !== undefined && { hardware }),
    from,
  };
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

function scopeNamed(scopes: readonly string[], name: string): string | undefined {
  const scope = scopes.find((candidate) => candidate.startsWith(`${SCOPE}${name}/`));
  if (scope === undefined) return undefined;
  const text = scope.slice(SCOPE.length + name.length + 1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function merge(found: Map<string, FoundCamera>, camera: FoundCamera): void {
  const known = found.get(camera.endpoint);
  if (!known && found.size >= CAMERAS_MAX) return;
  const addresses = [...new Set([...(known?.addresses ?? []), ...camera.addresses])];
  found.set(camera.endpoint, { ...camera, ...known, addresses });
}
