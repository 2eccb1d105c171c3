/**
 * Who may ask the simulated hall: programmes and pages on this machine. A page of another site in somebody's browser may not,
 * neither directly (Origin, Fetch Metadata) nor by a name that it lets point here (Host).
 */
import type { IncomingMessage } from 'node:http';

/** An answer that says no: what is wrong, and what to do instead. */
export class Refusal extends Error {
  readonly status: number;
  readonly hint: string;

  constructor(status: number, message: string, hint: string) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

const BODY_BYTES_MAX = 16_384;
const OWN_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
/** Sent by browsers (Fetch Metadata): a person typed the address, or the page is our own. */
const NEAR_SITES: readonly unknown[] = [undefined, 'none', 'same-origin'];

/** @throws Refusal 403 for a request that another site may have caused. */
export function checkOrigin({ headers }: IncomingMessage, port: number): void {
  const hosts = OWN_NAMES.map((name) => `${name}:${port}`);
  if (!hosts.includes(headers.host ?? '')) {
    throw new Refusal(403, 'this host name is not served here', `use http://127.0.0.1:${port}/`);
  }
  const { origin } = headers;
  const own = origin === undefined || hosts.some((host) => origin === `http://${host}`);
  if (own && NEAR_SITES.includes(headers['sec-fetch-site'])) return;
  throw new Refusal(403, 'requests from pages of other sites are refused', `open http://127.0.0.1:${port}/ itself`);
}

/**
 * The fields of a JSON body; none when it is empty.
 *
 * @throws Refusal 413 when it is too long, 415 when it is not announced as JSON, 400 when it is no JSON object.
 */
export async function jsonBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = await bodyText(request);
  if (text === '') return {};
  const hint = 'send a JSON object, for example {"level":5}, with Content-Type: application/json';
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new Refusal(415, 'the body is not announced as JSON', hint);
  }
  const fields = parsed(text);
  if (!isFields(fields)) throw new Refusal(400, 'the body is no JSON object', hint);
  return fields;
}

async function bodyText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Refusal(413, 'the body is too long', `at most ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
