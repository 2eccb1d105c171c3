/**
 * Where clients come in: TCP, TLS, and WebSocket. Every socket passes the admission before a byte of it is read.
 */
import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { WebSocketServer } from 'ws';
import { HallError, textOf } from '../kernel/errors.ts';
import type { Admission, Admitted } from './admission.ts';
import type { BrokerLimits } from './limits.ts';
import { plainAddress, tcpWire, websocketWire, type Wire } from './wire.ts';

export interface ListenAddress {
  host: string;
  /** 0: any free port. */
  port: number;
}

/** Where the broker listens: TCP always, the others when wanted. */
export interface ListenAddresses {
  listen: ListenAddress;
  websocket?: ListenAddress | undefined;
  /** A second listener with TLS: PEM files. */
  tls?: { listen: ListenAddress; cert: string; key: string } | undefined;
}

interface Listener {
  readonly port: number;
  /** Takes no more sockets; resolves when those that are open are closed, by force if need be. */
  close(): Promise<void>;
}

export interface Listeners {
  readonly port: number;
  readonly websocketPort: number | undefined;
  readonly tlsPort: number | undefined;
  close(): Promise<void>;
}

export interface Reception {
  admission: Admission;
  limits: BrokerLimits;
  accept(wire: Wire, admitted: Admitted): void;
  refused: (address: string, reason: string) => void;
}

const BACKLOG = 511;
/** Whoever has not gone by then when the listener closes is cut; longer than a wire lingers over its last bytes. */
const CLOSE_MS = 1_500;

/**
 * Opens every listener, or none.
 *
 * @throws HallError `broker.port-taken`, `broker.listen-failed`, `broker.certificate-unusable`.
 */
export async function listen(addresses: ListenAddresses, reception: Reception): Promise<Listeners> {
  const opened: Listener[] = [];
  const keep = async (opening: Promise<Listener>) => {
    const listener = await opening;
    opened.push(listener);
    return listener.port;
  };
  const close = async () => {
    await Promise.all(opened.map((listener) => listener.close()));
  };
  const { websocket, tls } = addresses;
  try {
    return {
      port: await keep(listenTcp(addresses.listen, reception)),
      websocketPort: websocket && (await keep(listenWebsocket(websocket, reception))),
      tlsPort: tls && (await keep(listenTls(tls.listen, tls, reception))),
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function listenTcp(at: ListenAddress, reception: Reception): Promise<Listener> {
  const server = createServer((socket) => {
    const admitted = admit(socket, reception);
    if (admitted) reception.accept(tcpWire(socket), admitted);
  });
  return bind(server, at);
}

async function listenTls(
  at: ListenAddress,
  files: { cert: string; key: string },
  reception: Reception,
): Promise<Listener> {
  const waiting = new Map<string, Admitted>();
  const server = await tlsServer(files, reception.limits.connectTimeoutMs);
  server.on('connection', (socket: Socket) => {
    const admitted = admit(socket, reception);
    if (!admitted) return;
    const name = endpoint(socket);
    waiting.set(name, admitted);
    socket.once('close', () => waiting.delete(name));
  });
  server.on('secureConnection', (socket) => {
    const admitted = waiting.get(endpoint(socket));
    if (admitted) reception.accept(tcpWire(socket), admitted);
    else socket.destroy();
  });
  return bind(server, at);
}

/** MQTT 3.1.1 section 6. */
function listenWebsocket(at: ListenAddress, reception: Reception): Promise<Listener> {
  const waiting = new WeakMap<Socket, Admitted>();
  const server = createHttpServer({ headersTimeout: reception.limits.connectTimeoutMs }, (_request, response) => {
    response.writeHead(426, { connection: 'close', 'content-type': 'text/plain' }).end('MQTT over WebSocket only\n');
  });
  server.on('connection', (socket: Socket) => {
    const admitted = admit(socket, reception);
    if (admitted) waiting.set(socket, admitted);
  });
  const upgrades = new WebSocketServer({
    server,
    perMessageDeflate: false,
    maxPayload: reception.limits.packetBytesMax,
    verifyClient: ({ req }: { req: IncomingMessage }) => subprotocolOf(req) !== undefined,
    handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
  });
  upgrades.on('connection', (websocket, request) => {
    const admitted = waiting.get(request.socket);
    if (admitted) reception.accept(websocketWire(websocket, plainAddress(request.socket.remoteAddress)), admitted);
    else websocket.terminate();
  });
  upgrades.on('error', () => undefined);
  return bind(server, at);
}

/** [MQTT-6.0.0-3]: the client offers `mqtt`; clients of MQTT 3.1 offer `mqttv3.1`. */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'];

function subprotocolOf(request: IncomingMessage): string | undefined {
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  return SUBPROTOCOLS.find((name) => offered.includes(name));
}

function admit(socket: Socket, { admission, refused }: Reception): Admitted | undefined {
  const address = plainAddress(socket.remoteAddress);
  socket.on('error', () => socket.destroy());
  const admitted = admission.enter(address, (reason) => {
    refused(address, reason);
    socket.destroy();
  });
  if (!admitted) {
    refused(address, 'too-many-sockets');
    socket.destroy();
    return undefined;
  }
  socket.once('close', () => admitted.left());
  return admitted;
}

async function tlsServer({ cert, key }: { cert: string; key: string }, handshakeTimeout: number) {
  try {
    const [certPem, keyPem] = await Promise.all([readFile(cert), readFile(key)]);
    return createTlsServer({ cert: certPem, key: keyPem, handshakeTimeout, minVersion: 'TLSv1.2' });
  } catch (cause) {
    const message = `${cert} and ${key} cannot be used: ${textOf(cause)}.`;
    throw new HallError('broker.certificate-unusable', { message, cause, facts: { cert, key } });
  }
}

function endpoint(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`;
}

function bind(server: Server, { host, port }: ListenAddress): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const close = async () => {
    const impatience = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, CLOSE_MS);
    await new Promise((closed) => server.close(closed));
    clearTimeout(impatience);
  };
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port));
    server.once('error', failed);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', failed);
      server.on('error', () => undefined);
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound ? bound.port : port,
        close,
      });
    });
  });
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): HallError {
  const facts = { host, port };
  if (cause.code !== 'EADDRINUSE') {
    const message = `The local broker cannot listen on ${host}:${port}: ${cause.message}.`;
    return new HallError('broker.listen-failed', { message, cause, facts });
  }
  return new HallError('broker.port-taken', {
    message: `Port ${port} on ${host} is taken by another programme.`,
    cause,
    hint: `Stop the programme that listens on ${port} ("ss -ltnp 'sport = :${port}'" names it), or give the broker another port under "broker:" in hall.yaml.`,
    facts,
  });
}
