/**
 * A serial port without native code: `stty` sets it up, Node's terminal stream reads it. The port is not locked: two
 * programs that open it take each other's bytes.
 */
import { execFile } from 'node:child_process';
import { close, constants, open, write } from 'node:fs';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import type { SerialLineSettings } from '../../gateway/kernel/line-settings.ts';
import type { Wire } from './wire-line.ts';

const FLAGS = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
const STTY_TIMEOUT_MS = 5_000;
/** How long to wait before offering bytes again to a port whose buffer is full. */
const FULL_RETRY_MS = 5;

const run = promisify(execFile);
const openFile = promisify(open);
const closeFile = promisify(close);

/** Opens the port; rejects with the system's error or with what `stty` says. */
export async function openTerminalPort(settings: SerialLineSettings): Promise<Wire> {
  // The stream owns its descriptor and may close it in the middle of a write, hence a second one for writing.
  const readFd = await openFile(settings.path, FLAGS);
  const writeFd = await openFile(settings.path, FLAGS);
  try {
    await run('stty', ['-F', settings.path, ...sttyArguments(settings)], { timeout: STTY_TIMEOUT_MS });
  } catch (thrown) {
    await Promise.all([closeFile(readFd), closeFile(writeFd)]);
    throw thrown;
  }
  return terminalWire(new ReadStream(readFd), writeFd);
}

/** The settings in the words of `stty` (coreutils). */
export function sttyArguments({ baudRate, dataBits, parity, stopBits }: SerialLineSettings): string[] {
  const parityWords = { none: ['-parenb'], even: ['parenb', '-parodd'], odd: ['parenb', 'parodd'] }[parity];
  const stopWord = stopBits === 2 ? 'cstopb' : '-cstopb';
  return ['raw', '-echo', 'clocal', '-crtscts', String(baudRate), `cs${dataBits}`, ...parityWords, stopWord];
}

function terminalWire(stream: ReadStream, writeFd: number): Wire {
  let cause: Error | undefined;
  const outgoing = descriptorWriter(writeFd);
  stream.on('error', (error) => (cause ??= error));
  stream.on('end', () => stream.destroy());
  stream.once('close', () => outgoing.close());
  return {
    onData(listener) {
      stream.on('data', listener);
      return () => stream.off('data', listener);
    },
    write: (bytes, done) => outgoing.write(bytes, done),
    destroy: () => stream.destroy(),
    onGone: (listener) => void stream.once('close', () => listener(cause)),
  };
}

/** Writes to a non-blocking descriptor, one write at a time, and closes it when no write is under way. */
function descriptorWriter(fd: number): {
  write(bytes: Uint8Array, done: (error?: Error) => void): void;
  close(): void;
} {
  let last = Promise.resolve();
  let closed = false;
  const writeSome = promisify(write);
  const writeAll = async (bytes: Uint8Array) => {
    for (let sent = 0; sent < bytes.length;) {
      if (closed) throw new Error('the port was closed');
      try {
        sent += (await writeSome(fd, bytes, sent)).bytesWritten;
      } catch (thrown) {
        if (!isFull(thrown)) throw thrown;
        await new Promise((resolve) => setTimeout(resolve, FULL_RETRY_MS));
      }
    }
  };
  return {
    write(bytes, done) {
      last = last.then(() => writeAll(bytes)).then(() => done(), done);
    },
    close() {
      closed = true;
      void last.then(() => closeFile(fd));
    },
  };
}

function isFull(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN';
}
