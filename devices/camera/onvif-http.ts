/**
 * One HTTP exchange with a camera, bounded in every way: a deadline for the whole of it (a byte every second does not
 * stretch it), a limit on the size of the answer, and no error that is not in the promise.
 */
import { Agent as PlainAgent, request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { HallError, textOf } from '../../gateway/kernel/errors.ts';
import type { TlsSettings } from './onvif-settings.ts';

export interface HttpRequest {
  method: 'GET' | 'POST';
  port: number;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  bytesMax: number;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  contentType: string;
  /** Values of WWW-Authenticate, one for each line. */
  challenges: string[];
  body: Buffer;
}

export interface HttpDoor {
  /**
   * @throws HallError `camera.no-answer`, `camera.answer-broken` (too long), `camera.certificate-refused`, or the reason
   *   of the signal.
   */
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/** A connection that is not used for so long is closed: cameras have few. */
const IDLE_MS = 4_000;
const CONNECTIONS_MAX = 4;
const HEADERS_BYTES_MAX = 16_384;
const CERTIFICATE_TROUBLE = /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:VERIFY|GET_ISSUER)|HOSTNAME_)/;

/**
 * A door to one camera.
 *
 * @throws HallError `camera.certificate-refused` when the file of `tls.ca` cannot be read.
 */
export function httpDoor(host: string, tls: TlsSettings | undefined): HttpDoor {
  const begun = new Set<TLSSocket>();
  const agent = tls ? secureAgent(tls, begun) : new PlainAgent(AGENT_OPTIONS);
  const ask = tls ? secureRequest : plainRequest;
  return {
    async exchange(request) {
      const options = { host, agent, maxHeaderSize: HEADERS_BYTES_MAX, ...lineOf(request) };
      try {
        return await exchangeOnce(() => ask(options), request);
      } catch (thrown) {
        if (thrown instanceof StaleConnection) return await exchangeOnce(() => ask(options), request).catch(translated);
        return translated(thrown);
      }
    },
    close() {
      agent.destroy();
      for (const socket of begun) socket.destroy(new Error('the visit is over'));
    },
  };
}

const AGENT_OPTIONS = { keepAlive: true, maxSockets: CONNECTIONS_MAX, maxFreeSockets: 1, timeout: IDLE_MS };

/** A kept connection that the camera had closed meanwhile: nothing was asked yet, so it is asked again on a fresh one. */
class StaleConnection extends Error {}

function lineOf({ method, port, path, headers, body }: HttpRequest) {
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  return { method, port, path, headers: { ...headers, ...length } };
}

function exchangeOnce(open: () => ClientRequest, wanted: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { signal, timeoutMs } = wanted;
    if (signal.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const asked = open();
    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (reason: Error) => {
      asked.destroy();
      settle(() => reject(reason));
    };
    const onAbort = () => fail(reasonOf(signal));
    const timer = setTimeout(() => fail(late(timeoutMs)), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    // Stays for the life of the request: an error after the answer is nobody's business, and must not end the process.
    asked.on('error', (cause) => fail(asked.reusedSocket && isReset(cause) ? new StaleConnection() : cause));
    asked.on('response', (answer) => {
      collect(answer, wanted.bytesMax).then((body) => settle(() => resolve(answerOf(answer, body))), fail);
    });
    asked.end(wanted.body);
  });
}

function collect(answer: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    answer.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > bytesMax) reject(tooLong(bytesMax));
      else pieces.push(piece);
    });
    answer.on('error', reject);
    answer.on('end', () => resolve(Buffer.concat(pieces)));
    answer.on('close', () => reject(new Error('the connection closed in the middle of the answer')));
  });
}

function answerOf(answer: IncomingMessage, body: Buffer): HttpAnswer {
  const challenges: string[] = [];
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    if (answer.rawHeaders[index]?.toLowerCase() === 'www-authenticate') {
      challenges.push(answer.rawHeaders[index + 1] ?? '');
    }
  }
  return { status: answer.statusCode ?? 0, contentType: answer.headers['content-type'] ?? '', challenges, body };
}

/** @param begun sockets that the agent does not know yet: it cannot end what a camera lets hang in the handshake. */
function secureAgent(tls: TlsSettings, begun: Set<TLSSocket>): SecureAgent {
  const checked = tls.fingerprint === undefined && tls.insecure === undefined;
  const agent = new SecureAgent({
    ...AGENT_OPTIONS,
    rejectUnauthorized: checked,
    ...(tls.ca !== undefined && { ca: readCertificate(tls.ca) }),
  });
  const { fingerprint } = tls;
  if (fingerprint !== undefined) {
    // The socket is handed over only after its certificate was compared: not a byte goes to a stranger.
    agent.createConnection = (options, ready) => {
      const { host, port } = options;
      const servername = isIP(host ?? '') === 0 ? { servername: host ?? '' } : {};
      const socket = connect({ host: host ?? '', port: Number(port), rejectUnauthorized: false, ...servername });
      begun.add(socket);
      socket.once('close', () => begun.delete(socket));
      socket.once('error', (cause: Error) => ready?.(cause, socket));
      socket.once('secureConnect', () => {
        const wrong = fingerprintTrouble(socket, fingerprint);
        if (wrong) socket.destroy(wrong);
        else ready?.(null, socket);
      });
      return undefined;
    };
  }
  return agent;
}

function fingerprintTrouble(socket: TLSSocket, wanted: string): HallError | undefined {
  const shown = socket.getPeerCertificate().fingerprint256;
  const plain = (text: string) => text.replaceAll(':', '').toUpperCase();
  if (plain(shown) === plain(wanted)) return undefined;
  return new HallError('camera.certificate-refused', {
    message: 'The camera shows a certificate with another fingerprint than hall.yaml says.',
    facts: { shown },
  });
}

function readCertificate(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new HallError('camera.certificate-refused', {
      message: `The file ${path} of tls.ca cannot be read.`,
      cause,
      hint: 'Check the path and the rights of the file.',
    });
  }
}

function translated(thrown: unknown): never {
  if (thrown instanceof HallError) throw thrown;
  const code = codeOf(thrown);
  if (CERTIFICATE_TROUBLE.test(code)) {
    throw new HallError('camera.certificate-refused', {
      message: `The certificate of the camera is not trusted (${code}).`,
      hint: 'Set tls.fingerprint to the fingerprint of the camera, or tls.ca to who signed its certificate.',
      cause: thrown,
    });
  }
  throw new HallError('camera.no-answer', {
    message: `The camera does not answer (${thrown instanceof StaleConnection ? 'it closed the connection' : textOf(thrown)}).`,
    cause: thrown,
  });
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

function isReset(cause: Error): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(codeOf(cause));
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}

function late(timeoutMs: number): HallError {
  return new HallError('camera.no-answer', { message: `The camera has not answered within ${timeoutMs} ms.` });
}

function tooLong(bytesMax: number): HallError {
  return new HallError('camera.answer-broken', {
    message: `The camera's answer was refused: it is longer than ${bytesMax} bytes.`,
  });
}
