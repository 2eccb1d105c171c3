/**
 * A line over TCP: a serial server, or a device that listens itself. Keep-alive finds a dead peer on an idle line.
 */
import { connect, type Socket } from 'node:net';
import { HallError } from '../../gateway/kernel/errors.ts';
import { deferred, once } from '../../gateway/kernel/waiting.ts';
import type { Line } from './line.ts';

export interface TcpLineOptions {
  host: string;
  port: number;
  connectTimeoutMs: number;
  /** A write that the peer does not take for this long drops the line. */
  writeTimeoutMs?: number;
  signal?: AbortSignal;
}

const WRITE_TIMEOUT_MS = 5_000;
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
    const fail = (error: Error) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
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
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      resolve(lineOver(socket, name, options.writeTimeoutMs ?? WRITE_TIMEOUT_MS));
    });
  });
}

function lineOver(socket: Socket, name: string, writeTimeoutMs: number): Line {
  const dropped = deferred<HallError | undefined>();
  let cause: Error | undefined;
  let closing = false;
  const close = once(() => {
    closing = true;
    socket.destroy();
    return dropped.promise.then(() => undefined);
  });
  socket.on('error', (error) => (cause ??= error));
  socket.on('end', () => socket.destroy());
  socket.on('close', () => dropped.resolve(closing ? undefined : lost(name, cause)));
  return {
    name,
    dropped: dropped.promise,
    onData(listener) {
      socket.on('data', listener);
      return () => socket.off('data', listener);
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) {
          reject(lost(name, cause));
          return;
        }
        const timer = setTimeout(() => {
          const stuck = new HallError('line.stuck', { message: `${name} took no byte for ${writeTimeoutMs} ms.` });
          cause ??= stuck;
          socket.destroy();
          reject(stuck);
        }, writeTimeoutMs);
        socket.write(bytes, (error) => {
          clearTimeout(timer);
          if (error) reject(lost(name, error));
          else resolve();
        });
      }),
    close,
  };
}

function unreachable(name: string, cause: Error): HallError {
  return new HallError('line.unreachable', {
    message: `${name} cannot be reached: ${cause.message}.`,
    cause,
    facts: { line: name },
  });
}

function lost(name: string, cause: Error | undefined): HallError {
  return new HallError('line.lost', {
    message: `The line to ${name} dropped${cause ? `: ${cause.message}` : ' (closed by the other side)'}.`,
    cause,
    facts: { line: name },
  });
}
