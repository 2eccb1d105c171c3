/**
 * A bare SOAP client for the tests of the camera: it shows every status and every byte, which the npm clients hide.
 */
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { NS } from './namespaces.ts';
import { passwordDigest, type Account } from './soap-auth.ts';
import { childOf, readXml, textAt, type XmlElement } from './xml-reading.ts';

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  /** Every header line, names and values in turn. */
  rawHeaders: string[];
  bytes: Buffer;
  /** The only child of the SOAP body; undefined when the answer is no well-formed SOAP. */
  body: XmlElement | undefined;
  header: XmlElement | undefined;
  /** Innermost subcode and text of a fault. */
  fault: { code: string | undefined; reason: string | undefined } | undefined;
}

export interface Question {
  path: string;
  /** Of the request's body, which may use the prefixes tds, trt, tr2, tptz, tev, wsnt, tt, wsa5. */
  body: string;
  header?: string;
  headers?: Record<string, string>;
}

/** A spoiled answer may be larger than anything worth reading. */
const READABLE_BYTES_MAX = 1_000_000;

const DECLARED = `xmlns:s="${NS.soap}" xmlns:tds="${NS.device}" xmlns:trt="${NS.media}" xmlns:tr2="${NS.media2}" xmlns:tptz="${NS.ptz}" xmlns:tev="${NS.events}" xmlns:wsnt="${NS.notification}" xmlns:tt="${NS.schema}" xmlns:wsa5="${NS.addressing}" xmlns:wsse="${NS.security}"`;

/** The UsernameToken of an account. */
export function token(
  { user, password }: Account,
  createdMs: number,
  nonce = Buffer.from(String(Math.random())),
): string {
  const created = new Date(createdMs).toISOString();
  return `<wsse:Security><wsse:UsernameToken><wsse:Username>${user}</wsse:Username>
    <wsse:Password Type="urn:x#PasswordDigest">${passwordDigest(nonce, created, password)}</wsse:Password>
    <wsse:Nonce>${nonce.toString('base64')}</wsse:Nonce><wsse:Created>${created}</wsse:Created>
  </wsse:UsernameToken></wsse:Security>`;
}

/** Asks; rejects when the connection breaks. */
export async function soap(camera: { host: string; port: number }, question: Question): Promise<Reply> {
  const { path, header = '', body, headers = {} } = question;
  const text = `<s:Envelope ${DECLARED}><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
  return send(camera, { method: 'POST', path, headers, text });
}

/** Any HTTP request. */
export function send(
  { host, port }: { host: string; port: number },
  {
    method,
    path,
    headers,
    text = '',
  }: { method: string; path: string; headers: Record<string, string>; text?: string },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest({ host, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers: answered, rawHeaders } = response;
        resolve({ status, headers: answered, rawHeaders, ...read(Buffer.concat(chunks)) });
      });
    });
    asking.on('error', reject);
    asking.end(text);
  });
}

function read(bytes: Buffer): Pick<Reply, 'bytes' | 'body' | 'header' | 'fault'> {
  const envelope = bytes.length > READABLE_BYTES_MAX ? undefined : readXml(bytes.toString());
  const body = childOf(envelope, 'Body')?.children[0];
  const code = childOf(body, 'Code');
  const fault = code && {
    code: textAt(code, 'Subcode', 'Subcode', 'Value') ?? textAt(code, 'Subcode', 'Value'),
    reason: textAt(body, 'Reason', 'Text'),
  };
  return { bytes, body, header: childOf(envelope, 'Header'), fault };
}
