/**
 * The HTTP API of a simulated hall, on the loopback only: a page to click on, devices with their hands and cables, what they
 * look like, and the truth as JSON lines.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { checkOrigin, jsonBody, Refusal } from './api-guard.ts';
import { route, type Answer, type HallView } from './api-routes.ts';

export const DEFAULT_API_PORT = 18_880;

export interface HallApi {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 64;
const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' };

/**
 * @param port 0: a free one.
 * @throws Error when the port is taken.
 */
export async function startHallApi(view: HallView, port: number): Promise<HallApi> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS });
  server.maxConnections = CONNECTIONS_MAX;
  let ownPort = port;
  server.on('request', (request, response) => {
    void answerTo(view, request, ownPort).then((answer) => say(answer, response));
  });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'object' && address !== null) ownPort = address.port;
  return {
    url: `http://${LOOPBACK}:${ownPort}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answerTo(view: HallView, request: IncomingMessage, port: number): Promise<Answer> {
  try {
    checkOrigin(request, port);
    const asked = { method: request.method ?? '', url: urlOf(request, port), body: () => jsonBody(request) };
    return await route(view, asked);
  } catch (thrown) {
    return refused(thrown);
  }
}

/** @throws Refusal 400 when the path is none. */
function urlOf({ url = '/' }: IncomingMessage, port: number): URL {
  const base = `http://${LOOPBACK}:${port}`;
  if (!url.startsWith('/') || !URL.canParse(url, base)) throw new Refusal(400, 'the path is none', `${base}/`);
  return new URL(url, base);
}

function refused(thrown: unknown): Answer {
  const known = thrown instanceof Refusal;
  const error = thrown instanceof Error ? thrown.message : String(thrown);
  const hint = known ? thrown.hint : 'this is a mistake of the simulator';
  const body = `${JSON.stringify({ error, hint })}\n`;
  return { status: known ? thrown.status : 500, type: 'application/json; charset=utf-8', body };
}

/** A body that was not read to its end closes its connection. */
function say({ status, type, body, headers }: Answer, response: ServerResponse): void {
  const unread = !response.req.complete && status >= 400;
  const closing = unread ? { Connection: 'close' } : {};
  response.writeHead(status, { ...HEADERS, 'Content-Type': type, ...headers, ...closing });
  response.end(body);
}
