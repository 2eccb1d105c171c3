/**
 * What carries a client's bytes: a TCP or TLS socket, or a WebSocket. Above this file both are the same.
 */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

export interface Wire {
  /** Address of the other end, without the `::ffff:` of IPv4 over IPv6. */
  readonly address: string;
  onData(listener: (chunk: Buffer) => void): void;
  /** Called once when the wire is gone, whoever ended it. */
  onClosed(listener: () => void): void;
  pause(): void;
  resume(): void;
  /** `done` is called when the bytes have left this process, or never will. */
  write(bytes: Buffer, done: () => void): void;
  /** Bytes that the other end has not taken yet. */
  queuedBytes(): number;
  /** Sends what is queued and closes; by force when the other end does not take it in time. */
  close(): void;
}

/** How long a closing wire waits for the other end to take the last bytes. */
const LINGER_MS = 1_000;
/** An idle connection whose peer vanished without a word is found by TCP after this long. */
const TCP_KEEP_ALIVE_MS = 30_000;

export function tcpWire(socket: Socket): Wire {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
  socket.on('error', () => socket.destroy());
  return {
    address: plainAddress(socket.remoteAddress),
    onData: (listener) => void socket.on('data', listener),
    onClosed: (listener) => void socket.once('close', listener),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    write: (bytes, done) => (socket.writable ? void socket.write(bytes, () => done()) : done()),
    queuedBytes: () => socket.writableLength,
    close() {
      if (socket.destroyed) return;
      const timer = setTimeout(() => socket.destroy(), LINGER_MS);
      socket.once('close', () => clearTimeout(timer));
      socket.destroySoon();
    },
  };
}

/** MQTT over WebSocket, section 6: binary frames only; packets and frames need not begin together. */
export function websocketWire(socket: WebSocket, address: string): Wire {
  socket.on('error', () => socket.terminate());
  const close = () => {
    if (socket.readyState === socket.CLOSED) return;
    const timer = setTimeout(() => socket.terminate(), LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
    socket.close();
  };
  return {
    address,
    onData(listener) {
      socket.on('message', (data, isBinary) => {
        if (!isBinary) close();
        else for (const chunk of buffersOf(data)) listener(chunk);
      });
    },
    onClosed: (listener) => void socket.once('close', () => listener()),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    write: (bytes, done) =>
      socket.readyState === socket.OPEN ? socket.send(bytes, { binary: true }, () => done()) : done(),
    queuedBytes: () => socket.bufferedAmount,
    close,
  };
}

function buffersOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer[] {
  if (Array.isArray(data)) return data;
  return [Buffer.isBuffer(data) ? data : Buffer.from(data)];
}

export function plainAddress(address: string | undefined): string {
  return (address ?? 'unknown').replace(/^::ffff:/, '');
}
