/**
 * A UDP socket that stands for a device: datagrams come in, datagrams go out through faults; its cable can be pulled
 * and plugged in again at the same port, and it can hang.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { faultyDatagrams, noDatagramFaults, type DatagramFaults } from './datagram-faults.ts';
import { seededRandom, type Random } from './random.ts';
import { recording, type Recording } from './recording.ts';

export interface Datagram {
  readonly payload: Uint8Array;
  readonly address: string;
  readonly port: number;
}

export interface UdpPeerOptions {
  /** Called for each datagram; answer with `peer.send`. */
  onDatagram: (datagram: Datagram) => void;
  port?: number;
  host?: string;
  faults?: DatagramFaults;
  random?: Random;
}

export interface UdpPeer {
  readonly host: string;
  readonly port: number;
  readonly faults: DatagramFaults;
  readonly received: Recording<Datagram>;
  /** What truly went out, after the faults. */
  readonly sent: Recording<Datagram>;
  send(datagram: Datagram): void;
  plugIn(): Promise<void>;
  pullCable(): Promise<void>;
  /** Goes on receiving, but hears and says nothing. */
  hang(): void;
  wake(): void;
  close(): Promise<void>;
}

/** Binds the socket; the port stays the same for the life of the peer. */
export async function startUdpPeer(options: UdpPeerOptions): Promise<UdpPeer> {
  const { host = '127.0.0.1' } = options;
  const received = recording<Datagram>();
  let hanging = false;
  const hear = (datagram: Datagram) => {
    received.add(datagram);
    if (!hanging) options.onDatagram(datagram);
  };
  let socket: Socket | undefined = await bind(options.port ?? 0, host, hear);
  const { port } = socket.address();
  const outgoing = faultyDatagrams<Datagram>(
    (datagram) => socket?.send(datagram.payload, datagram.port, datagram.address),
    { random: options.random ?? seededRandom(1), faults: options.faults ?? noDatagramFaults() },
  );
  const pullCable = async () => {
    const closing = socket;
    socket = undefined;
    if (closing === undefined) return;
    closing.close();
    await once(closing, 'close');
  };
  return {
    host,
    port,
    faults: outgoing.faults,
    received,
    sent: outgoing.record,
    send: (datagram) => {
      if (!hanging) outgoing.send(datagram);
    },
    async plugIn() {
      socket ??= await bind(port, host, hear);
    },
    pullCable,
    hang: () => void (hanging = true),
    wake: () => void (hanging = false),
    async close() {
      outgoing.close();
      await pullCable();
    },
  };
}

async function bind(port: number, host: string, hear: (datagram: Datagram) => void): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, host);
  await once(socket, 'listening');
  socket.on('message', (payload, from) => hear({ payload, address: from.address, port: from.port }));
  // An ICMP "port unreachable" of a client that is gone surfaces here; a device does not care.
  socket.on('error', () => undefined);
  return socket;
}
