/**
 * What the camera says over HTTP: SOAP to POST, a picture to GET, each only to who may have it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CameraBody } from './camera-body.ts';
import type { CameraRequests } from './camera-requests.ts';
import type { DigestJudge } from './digest.ts';
import { snapshotPath } from './media-service.ts';
import type { CameraQuirks } from './quirks.ts';
import { snapshotJpeg } from './snapshot.ts';
import type { SoapServer } from './soap-server.ts';
import { sendAnswer, type WebAnswer } from './web-answer.ts';

export interface CameraWeb {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Ends everything that still waits for something to happen. */
  interrupt(): void;
}

export interface CameraWebParts {
  body: CameraBody;
  quirks: CameraQuirks;
  requests: CameraRequests;
  soap: SoapServer;
  /** Undefined: pictures are for everybody. */
  pictureDigest: DigestJudge | undefined;
}

const REQUEST_BYTES_MAX = 256 * 1_024;

interface Exchange {
  answer: WebAnswer;
  operation: string;
  afterwards?: (() => void) | undefined;
}

export function cameraWeb(parts: CameraWebParts): CameraWeb {
  const waiting = new Set<AbortController>();
  const exchange = async (request: IncomingMessage, signal: AbortSignal): Promise<Exchange> => {
    const text = await bodyText(request);
    if (text === undefined) return { answer: plain(413, 'too large'), operation: 'unreadable' };
    if (request.method === 'POST') return parts.soap.answer(request, text, signal);
    return { answer: picture(parts, request), operation: 'snapshot' };
  };
  const converse = async (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => {
    const { answer, operation, afterwards } = await exchange(request, signal);
    parts.requests.add(operation, request.url ?? '', answer.status);
    await sendAnswer(response, answer, spoiledFor(parts.quirks, operation), signal);
    afterwards?.();
  };
  return {
    handle(request, response) {
      const client = new AbortController();
      waiting.add(client);
      response.on('close', () => {
        waiting.delete(client);
        client.abort();
      });
      // A client that went away in mid-request is its own business.
      converse(request, response, client.signal).catch(() => response.destroy());
    },
    interrupt: () => waiting.forEach((client) => client.abort()),
  };
}

function spoiledFor(quirks: CameraQuirks, operation: string): CameraQuirks | undefined {
  return quirks.operations === undefined || quirks.operations.has(operation) ? quirks : undefined;
}

/** The body as text, or undefined when it is larger than any request to a camera. */
async function bodyText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function picture({ body, pictureDigest }: CameraWebParts, request: IncomingMessage): WebAnswer {
  const uri = request.url ?? '';
  const profile = body.build.profiles.find((each) => snapshotPath(each) === uri);
  if (request.method !== 'GET' || !profile) return plain(404, 'Not Found');
  const verdict = pictureDigest?.judge(request.headers.authorization, { method: 'GET', uri });
  if (pictureDigest && !verdict?.accepted) {
    const challenges = pictureDigest.challenges(verdict?.stale ?? false);
    return { ...plain(401, 'Unauthorized'), headers: { 'WWW-Authenticate': challenges } };
  }
  body.happen({ what: 'snapshot-taken', profile: profile.token });
  const { name, serial } = body.build;
  const lines = [name, serial, new Date(body.clock.time()).toISOString().slice(11, 19)];
  return { status: 200, type: 'image/jpeg', body: snapshotJpeg(profile.width, profile.height, lines) };
}

function plain(status: number, text: string): WebAnswer {
  return { status, type: 'text/plain', body: Buffer.from(text) };
}
