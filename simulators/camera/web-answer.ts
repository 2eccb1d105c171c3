/**
 * How an answer leaves the camera: whole, or spoiled as the quirks say.
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep, setImmediate as nextTurn } from 'node:timers/promises';
import { billionLaughs, deepXml, hugeXml, WEB_PAGE } from './hostile-xml.ts';
import type { CameraQuirks } from './quirks.ts';

export interface WebAnswer {
  status: number;
  headers?: Readonly<Record<string, string | string[]>>;
  type: string;
  body: Buffer;
}

const WRONG_LENGTH_BYTES = 20;

/** Sends an answer; resolves when its last byte was handed to the socket, or the client is gone. */
export async function sendAnswer(
  response: ServerResponse,
  honest: WebAnswer,
  spoiled: CameraQuirks | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (spoiled && spoiled.answerDelayMs > 0) {
    await sleep(spoiled.answerDelayMs, undefined, { signal }).catch(() => undefined);
  }
  if (response.destroyed) return;
  const body = bodyOf(honest, spoiled?.answer ?? 'honest');
  response.writeHead(honest.status, {
    'Content-Type': honest.type,
    ...honest.headers,
    ...(spoiled?.encoding === 'chunked' ? {} : { 'Content-Length': toldLength(body, spoiled) }),
  });
  if (spoiled?.answer === 'cut-off') return cutOff(response, body);
  if (spoiled?.pieces === 'every-byte') await writeBytewise(response, body);
  else response.write(body);
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.end(resolve);
  });
}

function toldLength(body: Buffer, spoiled: CameraQuirks | undefined): number {
  switch (spoiled?.contentLength ?? 'honest') {
    case 'honest':
      return body.length;
    case 'too-long':
      return body.length + WRONG_LENGTH_BYTES;
    case 'too-short':
      return Math.max(0, body.length - WRONG_LENGTH_BYTES);
  }
}

function bodyOf({ body }: WebAnswer, answer: CameraQuirks['answer']): Buffer {
  switch (answer) {
    case 'honest':
    case 'cut-off':
      return body;
    case 'truncated':
      return body.subarray(0, body.length >> 1);
    case 'huge':
      return hugeXml();
    case 'billion-laughs':
      return billionLaughs();
    case 'deep':
      return deepXml();
    case 'web-page':
      return WEB_PAGE;
  }
}

async function writeBytewise(response: ServerResponse, body: Buffer): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += 1) {
    response.write(body.subarray(at, at + 1));
    await nextTurn();
  }
}

async function cutOff(response: ServerResponse, body: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  });
}
