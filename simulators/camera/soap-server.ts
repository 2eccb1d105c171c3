/**
 * One SOAP request from its text to its answer: read, let in or refused, given to its service.
 */
import type { IncomingMessage } from 'node:http';
import { answerHeader } from './addressing.ts';
import type { DigestJudge } from './digest.ts';
import type { CameraQuirks } from './quirks.ts';
import type { TokenVerdict } from './soap-auth.ts';
import {
  actionNotSupported,
  envelope,
  faultBody,
  notAuthorized,
  readSoap,
  SoapFault,
  type SoapRequest,
} from './soap-message.ts';
import { operationOf, type SoapAnswer, type SoapService } from './soap-service.ts';
import type { WebAnswer } from './web-answer.ts';
import type { XmlElement } from './xml-reading.ts';

/** How a client shows who it is: not at all, in the SOAP header, by HTTP digest, or by either of both. */
export type AuthMode = 'none' | 'usernametoken' | 'digest' | 'both';

export interface SoapServerParts {
  services: readonly SoapService[];
  quirks: CameraQuirks;
  auth: AuthMode;
  judgeToken: (header: XmlElement | undefined) => TokenVerdict;
  digest: DigestJudge;
  /** HTTP status with which a wrong token is refused: cameras differ. */
  refusalStatus: number;
  /** Operations that need no authentication. */
  open: ReadonlySet<string>;
}

export interface SoapServer {
  /** Answers a request; `signal` ends a long poll. Never rejects for what a client did. */
  answer(
    request: IncomingMessage,
    text: string,
    signal: AbortSignal,
  ): Promise<{ answer: WebAnswer; operation: string; afterwards?: (() => void) | undefined }>;
}

/** Access class PRE_AUTH of the ONVIF core specification, section 5.9.4.3. */
export const OPEN_OPERATIONS: ReadonlySet<string> = new Set([
  'GetSystemDateAndTime',
  'GetServices',
  'GetCapabilities',
  'GetHostname',
]);

const SOAP_TYPE = 'application/soap+xml; charset=utf-8';

export function soapServer(parts: SoapServerParts): SoapServer {
  return {
    async answer(http, text, signal) {
      const request = readSoap(text);
      if (!request) {
        const fault = new SoapFault('Sender', ['ter:WellFormed'], 'Well-formed Error');
        return { answer: faultAnswer(fault), operation: 'unreadable' };
      }
      const operation = request.body.name;
      const refusal = parts.open.has(operation) ? undefined : refusalOf(parts, request, http);
      if (refusal) return { answer: refusal, operation };
      try {
        const { body, afterwards } = await carryOut(parts, request, http.url ?? '', signal);
        return { answer: soapAnswer(200, envelope(body, answerHeader(request))), operation, afterwards };
      } catch (thrown) {
        if (!(thrown instanceof SoapFault)) throw thrown;
        return { answer: faultAnswer(thrown, request), operation };
      }
    },
  };
}

async function carryOut(
  { services, quirks }: SoapServerParts,
  request: SoapRequest,
  path: string,
  signal: AbortSignal,
): Promise<SoapAnswer> {
  if (quirks.unsupported.has(request.body.name)) throw actionNotSupported();
  const call = { ...request, path, signal };
  const answer = await operationOf(services, call)(call);
  return 'text' in answer ? { body: answer } : answer;
}

/** Undefined when the client may come in. ONVIF core specification, section 5.9.1, says which refusal belongs to which attempt. */
function refusalOf(parts: SoapServerParts, request: SoapRequest, http: IncomingMessage): WebAnswer | undefined {
  const { auth, judgeToken, digest } = parts;
  if (auth === 'none') return undefined;
  const token = auth === 'digest' ? 'absent' : judgeToken(request.header);
  if (token === 'accepted') return undefined;
  if (auth === 'usernametoken' || token !== 'absent') return faultAnswer(notAuthorized(parts.refusalStatus), request);
  const attempt = { method: http.method ?? '', uri: http.url ?? '' };
  const { accepted, stale } = digest.judge(http.headers.authorization, attempt);
  if (accepted) return undefined;
  const refusal = faultAnswer(notAuthorized(401), request);
  return { ...refusal, headers: { 'WWW-Authenticate': digest.challenges(stale) } };
}

function faultAnswer(fault: SoapFault, request?: SoapRequest): WebAnswer {
  return soapAnswer(fault.status, envelope(faultBody(fault), request && answerHeader(request)));
}

function soapAnswer(status: number, text: string): WebAnswer {
  return { status, type: SOAP_TYPE, body: Buffer.from(text) };
}
