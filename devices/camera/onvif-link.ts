/**
 * The one way to a camera: it signs what is asked, keeps deadlines and limits, reads every answer strictly before a
 * library sees it, and turns faults into errors of ours. Only here are a user name and a password known.
 *
 * Source: ONVIF Core 2.0 section 5.9 (access), WS-Security UsernameToken Profile 1.0 (PasswordDigest = Base64(SHA-1(nonce
 * + created + password))), SOAP 1.2 part 1 section 5.4 (faults). A camera that asks for HTTP digest gets no token any
 * more: the token's SHA-1 is the weaker of the two.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../gateway/kernel/clock.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { authorization, readChallenges, type Challenge } from './onvif-digest.ts';
import { httpDoor, type HttpAnswer, type HttpRequest } from './onvif-http.ts';
import { portOf, type OnvifConfig } from './onvif-settings.ts';
import { descend, escapeXml, readXml, XML_LIMITS, type XmlElement } from './onvif-xml.ts';

export interface SoapRequest {
  /** The whole envelope; its `<s:Header>` is where the token goes. */
  envelope: string;
  /** Path at the camera, or what the camera said: an address of which only path and, for this host, port are taken. */
  to: string;
  action?: string;
  /** Default: the camera's `replyTimeoutMs`. */
  timeoutMs?: number;
  /** The last word of a visit: it may still leave, shortly, after the link's signal aborted. */
  farewell?: boolean;
  /** The time is asked without a user, before it can be known what time the token must carry. */
  anonymous?: boolean;
}

export interface SoapAnswer {
  /** The document, found well-formed and within the limits. */
  text: string;
  /** What stands in the body. */
  body: XmlElement;
}

export interface CameraLink {
  /** `192.168.1.64:80`, for people. */
  readonly name: string;
  /** The camera's clock minus ours, as last measured; tokens are dated by it. */
  offsetMs: number;
  /**
   * @throws HallError `camera.no-answer`, `camera.not-authorised`, `camera.answer-refused` (a fault), `camera.answer-broken`,
   *   `camera.certificate-refused`.
   */
  ask(request: SoapRequest): Promise<SoapAnswer>;
  /** Fetches a picture; throws as `ask`. */
  fetch(uri: string, bytesMax: number): Promise<{ contentType: string; body: Buffer }>;
  close(): void;
}

const ANSWER_BYTES_MAX = XML_LIMITS.charactersMax;
const TRIES_MAX = 3;
const FAREWELL_MS = 500;
const SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';

/** A link to the camera of `config`; `signal` ends every request under way. */
export function cameraLink(config: OnvifConfig, clock: Clock, signal: AbortSignal): CameraLink {
  const door = httpDoor(config.host, config.tls);
  const homePort = portOf(config);
  // Two, because many cameras want a token in SOAP and digest for pictures.
  const soapSigner = httpSigner(config);
  const pictureSigner = httpSigner(config);
  const exchange = async (
    sign: HttpSigner,
    place: { port: number; path: string },
    request: Pick<HttpRequest, 'method' | 'headers' | 'bytesMax' | 'timeoutMs' | 'signal'>,
    body: () => string | undefined,
  ): Promise<HttpAnswer> => {
    for (let attempt = 1; ; attempt += 1) {
      const signature = sign.header(request.method, place.path);
      const headers = { ...request.headers, ...(signature && { Authorization: signature.text }) };
      const content = body();
      const answer = await door.exchange({
        ...request,
        ...place,
        headers,
        ...(content !== undefined && { body: content }),
      });
      if (answer.status !== 401 || attempt >= TRIES_MAX || !sign.challenged(answer.challenges, signature))
        return answer;
    }
  };
  const link: CameraLink = {
    name: `${config.host}:${homePort}`,
    offsetMs: 0,
    async ask({ envelope, to, action, timeoutMs = config.replyTimeoutMs, anonymous = false, farewell = false }) {
      const type = `application/soap+xml; charset=utf-8${action === undefined ? '' : `; action="${action}"`}`;
      const signed = () =>
        anonymous || soapSigner.active() || config.auth === 'digest' || config.auth === 'basic'
          ? envelope
          : withToken(envelope, config, clock.now() + link.offsetMs);
      const request = {
        method: 'POST',
        headers: { 'Content-Type': type },
        bytesMax: ANSWER_BYTES_MAX,
        ...(farewell ? { timeoutMs: FAREWELL_MS, signal: new AbortController().signal } : { timeoutMs, signal }),
      } as const;
      return readAnswer(await exchange(soapSigner, placeOf(to, config.host, homePort), request, signed));
    },
    async fetch(uri, bytesMax) {
      const request = { method: 'GET', headers: {}, bytesMax, timeoutMs: config.replyTimeoutMs * 2, signal } as const;
      const answer = await exchange(pictureSigner, placeOf(uri, config.host, homePort), request, () => undefined);
      if (answer.status === 401 || answer.status === 403) throw notAuthorised(`HTTP ${answer.status} for the picture`);
      if (answer.status !== 200) throw refused(`HTTP ${answer.status} for the picture`);
      return answer;
    },
    close: () => door.close(),
  };
  return link;
}

/**
 * Where a request goes: always to the camera of hall.yaml, whatever host it names (behind NAT they name others, and a
 * hostile one might name a neighbour); its port counts where it names itself.
 */
export function placeOf(uri: string, host: string, homePort: number): { port: number; path: string } {
  if (uri.startsWith('/') && !uri.startsWith('//')) return { port: homePort, path: requestPath(uri) };
  if (!URL.canParse(uri)) throw refused('it names an address that is none');
  const { protocol, hostname, port, pathname, search } = new URL(uri);
  if (protocol !== 'http:' && protocol !== 'https:') throw refused(`it names an address of the sort "${protocol}"`);
  const own = hostname.replace(/^\[|\]$/g, '') === host && port !== '';
  return { port: own ? Number(port) : homePort, path: pathname + search };
}

function requestPath(path: string): string {
  const { pathname, search } = new URL(path, 'http://camera');
  return pathname + search;
}

interface HttpSigner {
  /** True once the camera asked for HTTP authentication. */
  active(): boolean;
  header(method: string, path: string): Signature | undefined;
  /** Takes in the challenge that answered a request with this signature; true when asking again makes sense. */
  challenged(headers: readonly string[], signature: Signature | undefined): boolean;
}

/** An Authorization header, and what it was made of. */
interface Signature {
  text: string;
  nonce: string;
  count: number;
}

function httpSigner({ username, password, auth }: OnvifConfig): HttpSigner {
  let challenge: Challenge | undefined;
  let count = 0;
  return {
    active: () => challenge !== undefined,
    header(method, uri) {
      if (!challenge || username === undefined || password === undefined) return undefined;
      count += 1;
      const cnonce = randomBytes(8).toString('hex');
      const text = authorization(challenge, { method, uri, username, password: password.reveal(), cnonce, count });
      return { text, nonce: challenge.nonce, count };
    },
    challenged(headers, used) {
      const [next] = readChallenges(headers).filter(({ scheme }) => (scheme === 'basic') === (auth === 'basic'));
      if (!next || username === undefined) return false;
      if (challenge && isRefusal(challenge, next, used)) return false;
      challenge = next;
      count = 0;
      return true;
    },
  };
}

/**
 * The same nonce again, or a nonce that is not called stale, means: the password was read and found wrong. Unless another
 * request took a newer challenge in since this one was signed: then only the nonce was old.
 */
function isRefusal(known: Challenge, next: Challenge, used: Signature | undefined): boolean {
  if (known.nonce !== used?.nonce) return false;
  return next.nonce === used.nonce || !(next.stale || used.count > 1);
}

function withToken(envelope: string, { username, password }: OnvifConfig, nowMs: number): string {
  if (username === undefined || password === undefined) return envelope;
  const nonce = randomBytes(16);
  const created = new Date(nowMs).toISOString();
  const digest = createHash('sha1').update(nonce).update(created).update(password.reveal()).digest('base64');
  const token =
    `<s:Header><Security s:mustUnderstand="1" xmlns="${SECURITY}-wssecurity-secext-1.0.xsd"><UsernameToken>` +
    `<Username>${escapeXml(username)}</Username>` +
    `<Password Type="${SECURITY}-username-token-profile-1.0#PasswordDigest">${digest}</Password>` +
    `<Nonce EncodingType="${SECURITY}-soap-message-security-1.0#Base64Binary">${nonce.toString('base64')}</Nonce>` +
    `<Created xmlns="${SECURITY}-wssecurity-utility-1.0.xsd">${created}</Created>` +
    '</UsernameToken></Security>';
  return envelope.replace('<s:Header>', () => token);
}

function readAnswer({ status, body: bytes }: HttpAnswer): SoapAnswer {
  const text = bytes.toString('utf8');
  // A web server's page or an empty answer with a status of refusal: the status says more than what stands in it.
  if (status === 401 || status === 403) throw notAuthorised(faultText(text) ?? `HTTP ${status}`);
  if (status !== 200 && !text.includes('Envelope')) throw refused(`HTTP ${status}`);
  const root = readXml(text);
  const body = descend(root, 'Body');
  if (root.name !== 'Envelope' || !body) {
    throw new HallError('camera.answer-broken', { message: "The camera's answer is no SOAP message." });
  }
  const fault = descend(body, 'Fault');
  if (fault) throw faultError(fault);
  return { text, body };
}

function faultText(text: string): string | undefined {
  try {
    const fault = descend(readXml(text), 'Body', 'Fault');
    return fault && reasonOf(fault);
  } catch {
    return undefined;
  }
}

function reasonOf(fault: XmlElement): string {
  const code = descend(fault, 'Code', 'Subcode', 'Subcode', 'Value') ?? descend(fault, 'Code', 'Subcode', 'Value');
  const why = (descend(fault, 'Reason', 'Text') ?? descend(fault, 'faultstring'))?.text ?? '';
  return (
    [code?.text ?? '', why]
      .filter((part) => part !== '')
      .join(': ')
      .slice(0, 200) || 'a fault without a reason'
  );
}

function faultError(fault: XmlElement): HallError {
  const reason = reasonOf(fault);
  if (/NotAuthorized|FailedAuthentication|Sender not authorized/i.test(reason)) return notAuthorised(reason);
  return refused(reason);
}

function notAuthorised(reason: string): HallError {
  return new HallError('camera.not-authorised', {
    message: `The camera refused the user name or password (${reason}).`,
  });
}

function refused(reason: string): HallError {
  return new HallError('camera.answer-refused', { message: `The camera refused a request (${reason}).` });
}
