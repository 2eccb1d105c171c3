/**
 * A line over TCP: a serial server, or a device that listens itself. Keep-alive finds a dead peer on an idle line.
 */
import { connect, type Socket } from 'node:net';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Line } from './line.ts';
import { lineOver, type Wire } from './wire-line.ts';

export interface TcpLineOptions {
  host: string;
  port: number;
  connectTimeoutMs: number;
  /** A write that the peer does not take for this long drops the line. */
  writeTimeoutMs?: number;
  signal?: AbortSignal;
}

/** First probe on an idle connection; libuv then probes every second and gives up after ten: a dead peer shows in 20 s. */
const KEEP_ALIVE_MS = 10_000;

/**
 * Connects and resolves with the open line.
 *
 * @throws HallError `line.unreachable` when refused, unknown or timed out; the signal's reason when it aborts.
 */
export function openTcpLine(options: TcpLineOptions): Promise<Line> {
  const { host, port, connectTimeoutMs, signal } = options;
  const name = `${host}:${port}`;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    const settled = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: Error) => {
      settled();
      socket.destroy();
      reject(error);
    };
    const onAbort = () => fail(signal?.reason as Error);
    const onError = (cause: Error) => fail(unreachable(name, cause));
    const timer = setTimeout(
      () => fail(unreachable(name, new Error(`no answer in ${connectTimeoutMs} ms`))),
      connectTimeoutMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError);
    socket.once('connect', () => {
      settled();
      const line = lineOver(name, socketWire(socket), options.writeTimeoutMs);
      socket.off('error', onError);
      resolve(line);
    });
  });
}

function socketWire(socket: Socket): Wire {
  let cause: Error | undefined;
  socket.on('error', (error) => (cause ??= error));
  socket.on('end', () => socket.destroy());
  return {
    onData(listener) {
      socket.on('data', listener);
      return () => socket.off('data', listener);
    },
    write: (bytes, done) => void socket.write(bytes, done),
    destroy: () => socket.destroy(),
    onGone: (listener) => void socket.once('close', () => listener(cause)),
  };
}

function unreachable(name: string, cause: Error): HallError {
  return new HallError('line.unreachable', {
    message: `${name} cannot be reached: ${cause.message}.`,
    cause,
    facts: { line: name },
  });
}
