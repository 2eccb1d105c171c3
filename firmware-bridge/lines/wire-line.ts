/**
 * The part of a line that every wire shares: it drops once with the first cause, and a write that the peer does not
 * take drops it too.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import { deferred, once } from '../../gateway/kernel/waiting.ts';
import type { Line } from './line.ts';

/** What an opened socket or port must be able to do to become a line. */
export interface Wire {
  onData(listener: (chunk: Uint8Array) => void): () => void;
  /** Calls `done` when the kernel has the bytes, or with the error. */
  write(bytes: Uint8Array, done: (error?: Error | null) => void): void;
  /** Lets go at once, without waiting for the peer; leads to `onGone`. Twice does no harm. */
  destroy(): void;
  /** Calls the listener once, when the wire is gone for whatever reason. */
  onGone(listener: (cause?: Error) => void): void;
}

/** A write that the peer does not take for this long drops the line. */
export const WRITE_TIMEOUT_MS = 5_000;

/** Makes a line of an opened wire. */
export function lineOver(name: string, wire: Wire, writeTimeoutMs = WRITE_TIMEOUT_MS): Line {
  const dropped = deferred<HallError | undefined>();
  let gone = false;
  let closing = false;
  let reason: HallError | undefined;
  wire.onGone((cause) => {
    gone = true;
    if (!closing) reason ??= lost(name, cause);
    dropped.resolve(reason);
  });
  const close = once(async () => {
    closing = true;
    wire.destroy();
    await dropped.promise;
  });
  const write = (bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      if (gone || closing) {
        reject(reason ?? lost(name, undefined));
        return;
      }
      const timer = setTimeout(() => {
        reason ??= stuck(name, writeTimeoutMs);
        wire.destroy();
        reject(reason);
      }, writeTimeoutMs);
      wire.write(bytes, (error) => {
        clearTimeout(timer);
        if (error) reject(reason ?? lost(name, error));
        else resolve();
      });
    });
  return { name, dropped: dropped.promise, onData: (listener) => wire.onData(listener), write, close };
}

function stuck(name: string, writeTimeoutMs: number): HallError {
  return new HallError('line.stuck', {
    message: `${name} took no byte for ${writeTimeoutMs} ms.`,
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
