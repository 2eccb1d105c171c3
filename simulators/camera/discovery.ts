/**
 * WS-Discovery for all cameras of a process on one UDP socket: probes by multicast or straight to it are answered with the cameras
 * that fit. Nothing runs while nobody asks.
 *
 * Source: WS-Discovery 1.0 (April 2005), ONVIF core specification section 7.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { helloMessage, probeMatches, type ProbeMatch } from './discovery-messages.ts';
import { readProbe, type Probe } from './discovery-probe.ts';

const GROUP = '239.255.255.250';
const PORT = 3702;
/** Replies leave in small heaps, so that a hundred cameras do not overflow the buffer of who asked. */
const HEAP_SIZE = 8;
const HEAP_GAP_MS = 5;

export interface DiscoveryOptions {
  /** 0: a free port, for probes straight to it. */
  port?: number;
  /** Addresses of the interfaces on which it listens for multicast; absent: all; none: only straight probes. */
  interfaces?: readonly string[];
  /** Cameras told in one reply; most real ones tell only themselves. */
  matchesPerReply?: number;
}

/** What a camera shows to the network. */
export interface Discoverable {
  readonly uuid: string;
  readonly scopes: readonly string[];
  /** Addresses of its device service; none: a reply without XAddrs. */
  readonly xaddrs: readonly string[];
}

export interface Discovery {
  readonly port: number;
  /** Shows a camera; returns the way to take it away. */
  add(camera: Discoverable): () => void;
  /** Says to the whole group that a camera is there. */
  hello(camera: Discoverable): void;
  /** Probes that were heard, whoever they were for. */
  heard(): number;
  close(): Promise<void>;
}

/** Opens the socket. Other programs of the machine may listen at the same port. */
export async function startDiscovery(options: DiscoveryOptions = {}): Promise<Discovery> {
  const { matchesPerReply = 1, interfaces = localAddresses() } = options;
  const cameras = new Set<Discoverable>();
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const queue = heapedSender(socket);
  let heard = 0;
  socket.on('error', () => undefined);
  socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
    const probe = readProbe(bytes.toString());
    if (!probe) return;
    heard += 1;
    for (const reply of repliesTo(probe, [...cameras], matchesPerReply)) queue.send(reply, from);
  });
  socket.bind(options.port ?? PORT);
  await once(socket, 'listening');
  for (const address of interfaces) socket.addMembership(GROUP, address);
  const toGroup = (message: string) => socket.send(message, PORT, GROUP, () => undefined);
  return {
    port: socket.address().port,
    add(camera) {
      cameras.add(camera);
      return () => void cameras.delete(camera);
    },
    hello: (camera) => toGroup(helloMessage(matchOf(camera))),
    heard: () => heard,
    async close() {
      queue.close();
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

function repliesTo(probe: Probe, cameras: readonly Discoverable[], matchesPerReply: number): string[] {
  const fitting = cameras.filter(({ scopes }) => probe.wants(scopes)).map(matchOf);
  const replies: string[] = [];
  for (let at = 0; at < fitting.length; at += matchesPerReply) {
    replies.push(probeMatches(probe.messageId, fitting.slice(at, at + matchesPerReply)));
  }
  return replies;
}

function matchOf({ uuid, scopes, xaddrs }: Discoverable): ProbeMatch {
  return { uuid, scopes, xaddrs };
}

function localAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
}

interface HeapedSender {
  send(message: string, to: { address: string; port: number }): void;
  close(): void;
}

function heapedSender(socket: Socket): HeapedSender {
  const waiting: { message: string; address: string; port: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const sendHeap = () => {
    timer = undefined;
    for (const { message, address, port } of waiting.splice(0, HEAP_SIZE))
      socket.send(message, port, address, () => undefined);
    if (waiting.length > 0) timer = setTimeout(sendHeap, HEAP_GAP_MS);
  };
  return {
    send(message, { address, port }) {
      waiting.push({ message, address, port });
      timer ??= setTimeout(sendHeap, 0);
    },
    close: () => clearTimeout(timer),
  };
}
