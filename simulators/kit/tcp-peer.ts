/**
 * A TCP server that stands for a device: its cable can be pulled and plugged in again (same port), it can hang, and it
 * can refuse a second client, as many devices do.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Channel } from './channel.ts';
import { faultyBytes, noByteFaults, type ByteFaults } from './faults.ts';
import { seededRandom, type Random } from './random.ts';
import { recording, type Recording } from './recording.ts';

export interface TcpPeerOptions {
  /** Called for each client that is let in. */
  onConnection: (channel: Channel) => void;
  /** 0 or absent: a free port, kept for the life of the peer. */
  port?: number;
  host?: string;
  /** A client beyond these is closed at once; absent: no limit. */
  clientsMax?: number;
  faults?: ByteFaults;
  random?: Random;
}

export interface TcpPeer {
  readonly host: string;
  readonly port: number;
  /** Faults of what this side sends, on every connection; may be changed at any time. */
  readonly faults: ByteFaults;
  /** Every chunk that came in, from all clients. */
  readonly received: Recording<Uint8Array>;
  /** Every piece that went out, after the faults. */
  readonly sent: Recording<Uint8Array>;
  /** Clients that are connected now. */
  clients(): number;
  /** Clients that were let in since the start, for tests of reconnecting. */
  accepted(): number;
  /** Listens again on the same port; does nothing when it is plugged in. */
  plugIn(): Promise<void>;
  /** Cuts all connections and refuses new ones. */
  pullCable(): Promise<void>;
  /** Goes on accepting but neither reads nor answers, like crashed firmware. */
  hang(): void;
  /** Wakes up: what piled up meanwhile is read (and answered late). */
  wake(): void;
  close(): Promise<void>;
}

const PORT_BUSY_TRIES_MAX = 50;
const PORT_BUSY_WAIT_MS = 100;

/** Starts the peer, plugged in. */
export async function startTcpPeer(options: TcpPeerOptions): Promise<TcpPeer> {
  const { host = '127.0.0.1', clientsMax = Infinity } = options;
  const faults = options.faults ?? noByteFaults();
  const random = options.random ?? seededRandom(1);
  const received = recording<Uint8Array>();
  const sent = recording<Uint8Array>();
  const sockets = new Set<Socket>();
  let accepted = 0;
  let hanging = false;

  const admit = (socket: Socket) => {
    if (sockets.size >= clientsMax) {
      socket.destroy();
      return;
    }
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const channel = channelOver(socket, { faults, random: random.fork(), sent, received, muted: () => hanging });
    options.onConnection(channel);
    if (hanging) socket.pause();
  };

  let server: Server | undefined = await listen(options.port ?? 0, host, admit);
  const { port } = server.address() as AddressInfo;
  const pullCable = async () => {
    const closing = server;
    server = undefined;
    for (const socket of sockets) socket.destroy();
    if (closing === undefined) return;
    closing.close();
    await once(closing, 'close');
  };
  return {
    host,
    port,
    faults,
    received,
    sent,
    clients: () => sockets.size,
    accepted: () => accepted,
    async plugIn() {
      server ??= await listen(port, host, admit);
    },
    pullCable,
    hang() {
      hanging = true;
      for (const socket of sockets) socket.pause();
    },
    wake() {
      hanging = false;
      for (const socket of sockets) socket.resume();
    },
    close: pullCable,
  };
}

interface Wiring {
  faults: ByteFaults;
  random: Random;
  sent: Recording<Uint8Array>;
  received: Recording<Uint8Array>;
  muted: () => boolean;
}

function channelOver(socket: Socket, wiring: Wiring): Channel {
  socket.setNoDelay(true);
  const outgoing = faultyBytes(
    (bytes) => {
      if (!socket.destroyed) socket.write(bytes);
    },
    { random: wiring.random, faults: wiring.faults, record: wiring.sent },
  );
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      outgoing.close();
      resolve();
    });
  });
  // A reset is how a pulled cable looks from here; `close` follows and tells everybody.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => wiring.received.add(chunk));
  return {
    name: `${socket.remoteAddress ?? 'gone'}:${socket.remotePort ?? 0}`,
    write: (bytes) => {
      if (!wiring.muted()) outgoing.write(bytes);
    },
    onData(listener) {
      socket.on('data', listener);
      return () => socket.off('data', listener);
    },
    closed,
    close: () => socket.destroy(),
  };
}

/** Listens, waiting a little for a port that the kernel or a neighbour still holds. */
async function listen(port: number, host: string, admit: (socket: Socket) => void): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const server = createServer(admit);
    try {
      server.listen(port, host);
      await once(server, 'listening');
      return server;
    } catch (thrown) {
      if (attempt >= PORT_BUSY_TRIES_MAX || !isPortBusy(thrown)) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, PORT_BUSY_WAIT_MS));
    }
  }
}

function isPortBusy(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE';
}
