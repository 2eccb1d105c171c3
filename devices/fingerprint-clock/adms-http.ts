/**
 * The HTTP side of the push protocol: one fastify server for `/iclock/*`, with limits for everything that a stranger could
 * stretch. It knows pages and queries; what they mean is decided elsewhere. Bodies are handed on unread.
 */
import type { Server, Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../gateway/kernel/clock.ts';
import { bodyPieces } from './adms-body.ts';
import { PAGES, querySchema, refusal, type Page, type PushAnswer, type PushRequest } from './adms-request.ts';
import type { ListenAddress } from './adms-settings.ts';

export interface HttpLimits {
  connectionsMax: number;
  /** One clock needs one or two; a stranger gets no more. */
  connectionsPerAddressMax: number;
  headerBytesMax: number;
  /** From the first byte of a connection, or of a request, to the end of its headers. */
  headersTimeoutMs: number;
  /** From the first byte of a request to its last: 10 MB over a bad wireless link. */
  requestTimeoutMs: number;
  /** Between two pieces of a body: a clock that went away in the middle must not keep its own next upload waiting. */
  bodyStallMs: number;
  keepAliveMs: number;
  /** How often the time-outs are looked at. */
  checkMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connectionsMax: 64,
  connectionsPerAddressMax: 16,
  headerBytesMax: 8_192,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 120_000,
  bodyStallMs: 12_000,
  keepAliveMs: 15_000,
  checkMs: 5_000,
};

export interface HttpOptions extends ListenAddress {
  clock: Clock;
  limits: HttpLimits;
  answer: (request: PushRequest) => Promise<PushAnswer>;
}

/** Resolves when the port is open; rejects with the system's error when it cannot be. */
export async function openHttp({
  host,
  port,
  clock,
  limits,
  answer,
}: HttpOptions): Promise<{ close(): Promise<void> }> {
  const { default: fastify } = await import('fastify');
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: {
      requireHostHeader: false,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.checkMs,
      maxHeaderSize: limits.headerBytesMax,
    },
    clientErrorHandler: (error, socket) => hangUp(error, socket),
  });
  limitConnections(app.server, limits);
  addRoutes(app, clock, takeIn(answer, limits));
  try {
    await app.listen({ host, port });
  } catch (thrown) {
    await app.close();
    throw thrown;
  }
  return { close: () => app.close() };
}

function addRoutes(app: FastifyInstance, clock: Clock, answerTo: Answer): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.addHook('onRequest', ({ headers }, reply, done) => {
    tellDate(reply, clock);
    // Bodies are read by the name of their table; fastify would refuse a type that is empty or misspelt (415).
    headers['content-type'] = 'text/plain';
    done();
  });
  app.setNotFoundHandler((_request, reply) => say(reply, { status: 404, text: 'ERROR: no such page' }));
  app.setErrorHandler((thrown, _request, reply) => {
    const status = statusOf(thrown);
    return say(reply, status === undefined ? refusal(thrown) : { status, text: 'ERROR: malformed request' });
  });
  // Some firmwares ask for `cdata.aspx`.
  for (const page of PAGES) {
    for (const ending of ['', '.aspx']) {
      app.route({
        method: ['GET', 'POST'],
        url: `/iclock/${page}${ending}`,
        handler: async (request, reply) => say(reply, await answerTo(request, page)),
      });
    }
  }
}

type Answer = (request: FastifyRequest, page: Page) => Promise<PushAnswer>;

function takeIn(answer: HttpOptions['answer'], { bodyStallMs }: HttpLimits): Answer {
  return async (request, page) => {
    const { raw } = request;
    const query = querySchema.safeParse(request.query);
    if (!query.success) return { status: 400, text: 'ERROR: SN' };
    const method = raw.method === 'POST' ? 'POST' : 'GET';
    const packing = raw.headers['content-encoding'] ?? '';
    const body = bodyPieces(raw, bodyStallMs);
    return answer({ page, method, query: query.data, body, packing, peer: request.ip }).catch(refusal);
  };
}

/** A clock sets itself by this header, so a gateway that does not know the time sends none (RFC 9110, 6.6.1). */
function tellDate(reply: FastifyReply, clock: Clock): void {
  reply.raw.sendDate = false;
  if (clock.synced()) reply.header('date', new Date(clock.now()).toUTCString());
}

/** After a refusal the rest of the request is not read, so the connection ends. */
function say(reply: FastifyReply, { status, text }: PushAnswer): FastifyReply {
  if (status !== 200) reply.header('connection', 'close');
  return reply
    .code(status)
    .type('text/plain')
    .send(`${text.replace(/\n$/, '')}\n`);
}

function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}

const STATUS_OF_ERROR = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);

/** What is no HTTP is told so, and the connection ends. */
function hangUp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.writable) {
    const status = STATUS_OF_ERROR.get(error.code ?? '') ?? '400 Bad Request';
    socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  }
  socket.destroySoon();
}

function limitConnections(server: Server, limits: HttpLimits): void {
  const connections = new Map<string, number>();
  server.maxConnections = limits.connectionsMax;
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (connections.get(address) ?? 0) + 1;
    connections.set(address, count);
    socket.once('close', () => {
      const left = (connections.get(address) ?? 1) - 1;
      if (left > 0) connections.set(address, left);
      else connections.delete(address);
    });
    if (count > limits.connectionsPerAddressMax) socket.destroy();
  });
}
