/**
 * The HTTP client of a clock that pushes, byte for byte: one connection a request, as their firmware does it, in HTTP/1.0 or
 * 1.1, through the faults of a bad cable.
 */
import { connect, type Socket } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { faultyBytes, noByteFaults, type ByteFaults } from '../kit/faults.ts';
import type { Random } from '../kit/random.ts';

export interface PushWireOptions {
  host: string;
  port: number;
  httpVersion: '1.0' | '1.1';
  random: Random;
  /** How it packs what it uploads; undefined: not at all. */
  packing: Packing | undefined;
}

/** Names of RFC 9110, 8.4.1. */
export type Packing = 'gzip' | 'deflate';

export interface HttpAnswer {
  status: number;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  text: string;
}

export interface PushWire {
  readonly faults: ByteFaults;
  /** Undefined when no answer came, whatever the reason. `deaf`: sends everything, and hangs up before the answer. */
  exchange(method: 'GET' | 'POST', target: string, body?: Uint8Array, deaf?: boolean): Promise<HttpAnswer | undefined>;
  /** Bytes that are no request. */
  noise(bytes: Uint8Array): void;
  /** Everything that is connected falls silent. */
  cut(): void;
}

const ANSWER_TIMEOUT_MS = 20_000;
const CONTENT_TYPE = 'application/push;charset=UTF-8';
const PACKERS = { gzip: gzipSync, deflate: deflateSync };

export function pushWire({ host, port, httpVersion, random, packing }: PushWireOptions): PushWire {
  const faults = noByteFaults();
  const sockets = new Set<Socket>();
  const open = () => {
    const socket = connect({ host, port, noDelay: true });
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  return {
    faults,
    exchange(method, target, plain, deaf = false) {
      const body = packing && plain ? PACKERS[packing](plain) : plain;
      const head = [
        `${method} ${target} HTTP/${httpVersion}`,
        `Host: ${host}:${port}`,
        'User-Agent: iClock Proxy/1.09',
        'Connection: close',
        'Accept: */*',
        ...(body ? [`Content-Type: ${CONTENT_TYPE}`, `Content-Length: ${body.length}`] : []),
        ...(body && packing ? [`Content-Encoding: ${packing}`] : []),
      ];
      const request = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]);
      return ask(open(), request, { faults, random: random.fork() }, deaf);
    },
    noise(bytes) {
      const socket = open();
      socket.end(bytes);
      socket.resume();
    },
    cut: () => sockets.forEach((socket) => socket.destroy()),
  };
}

function ask(
  socket: Socket,
  request: Buffer,
  cable: { faults: ByteFaults; random: Random },
  deaf: boolean,
): Promise<HttpAnswer | undefined> {
  const outgoing = faultyBytes((bytes) => {
    if (!socket.destroyed) socket.write(bytes);
  }, cable);
  const chunks: Buffer[] = [];
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
  socket.on('connect', () => outgoing.write(request));
  socket.on('data', (chunk: Buffer) => {
    if (deaf) socket.destroy();
    chunks.push(chunk);
    if (isWhole(readAnswer(Buffer.concat(chunks)))) socket.destroy();
  });
  return new Promise((resolve) => {
    socket.on('close', () => {
      outgoing.close();
      const answer = deaf ? undefined : readAnswer(Buffer.concat(chunks));
      resolve(isWhole(answer) ? answer : undefined);
    });
  });
}

function readAnswer(bytes: Buffer): HttpAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]),
  );
  return { status: Number(first.split(' ')[1]), headers, text: bytes.toString('latin1', end + 4) };
}

function isWhole(answer: HttpAnswer | undefined): boolean {
  return answer !== undefined && answer.text.length >= Number(answer.headers.get('content-length') ?? 0);
}
