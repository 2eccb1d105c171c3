/**
 * The camera's network socket for HTTP or HTTPS: its cable can be pulled and plugged in again at the same port, and its
 * firmware can hang. An idle camera costs no timer.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface WebPortOptions {
  host: string;
  /** 0: a free port, kept for the life of the camera. */
  port: number;
  tls?: { key: string; cert: string };
  onRequest: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface WebPort {
  readonly port: number;
  /** Connections that were taken since the start. */
  accepted(): number;
  plugIn(): Promise<void>;
  pullCable(): Promise<void>;
  /** Goes on accepting, but answers nothing. */
  hang(): void;
  /** What was asked meanwhile is answered late. */
  wake(): void;
}

const PORT_BUSY_TRIES_MAX = 50;
const PORT_BUSY_WAIT_MS = 100;
/** Node looks after slow clients by a timer for each server; a camera does not, and a hundred of them would be felt. */
const WITHOUT_TIMERS: ServerOptions = {
  requestTimeout: 0,
  headersTimeout: 0,
  connectionsCheckingInterval: 2 ** 31 - 1,
};

/** Opens the port, plugged in. */
export async function openWebPort(options: WebPortOptions): Promise<WebPort> {
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];
  let hanging = false;
  let accepted = 0;
  const take = (request: IncomingMessage, response: ServerResponse) => {
    if (hanging) held.push(() => options.onRequest(request, response));
    else options.onRequest(request, response);
  };
  const admit = (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  let server: Server | undefined = await listen(options, options.port, take, admit);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    accepted: () => accepted,
    async plugIn() {
      server ??= await listen(options, port, take, admit);
    },
    async pullCable() {
      const closing = server;
      server = undefined;
      held.length = 0;
      if (closing === undefined) return;
      const closed = once(closing, 'close');
      closing.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    hang: () => void (hanging = true),
    wake() {
      hanging = false;
      for (const answer of held.splice(0)) answer();
    },
  };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Listens, waiting a little for a port that the kernel still holds. */
async function listen(
  { host, tls }: WebPortOptions,
  port: number,
  take: Listener,
  admit: (socket: Socket) => void,
): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const server = tls ? createSecureServer({ ...WITHOUT_TIMERS, ...tls }, take) : createServer(WITHOUT_TIMERS, take);
    server.on('connection', admit);
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
