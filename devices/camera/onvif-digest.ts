/**
 * HTTP Digest as cameras really speak it: with and without qop (RFC 2069), MD5 and SHA-256 (RFC 7616) also as "-sess",
 * several challenges in several header lines or in one, parameters in any order, nonces that end in "=", stale nonces.
 * Basic only where the settings allow it.
 */
import { createHash } from 'node:crypto';

export interface Challenge {
  scheme: 'digest' | 'basic';
  realm: string;
  nonce: string;
  algorithm: 'MD5' | 'SHA-256';
  session: boolean;
  /** As the camera wrote it; echoed. Undefined when it said none. */
  algorithmText: string | undefined;
  /** True: with qop=auth. False: the old form without. */
  qop: boolean;
  opaque: string | undefined;
  stale: boolean;
}

export interface DigestRequest {
  method: string;
  /** Path and query, as in the request line. */
  uri: string;
  username: string;
  password: string;
  /** Random text of the client. */
  cnonce: string;
  /** How often this nonce was used, from 1. */
  count: number;
}

const PARAMETER = /([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
const SCHEME = /\s*([A-Za-z][A-Za-z0-9-]*)(?:\s+|$)(?!\s*=)/y;
const HEADER_MAX = 8_192;

/** Every challenge that can be answered, the strongest first. */
export function readChallenges(headers: readonly string[]): Challenge[] {
  const all = headers.flatMap((header) => splitChallenges(header.slice(0, HEADER_MAX)));
  return all.flatMap(usableChallenge).sort((a, b) => strength(b) - strength(a));
}

/** The Authorization header for a challenge. */
export function authorization(challenge: Challenge, request: DigestRequest): string {
  if (challenge.scheme === 'basic') {
    return `Basic ${Buffer.from(`${request.username}:${request.password}`).toString('base64')}`;
  }
  const hash = (...parts: string[]) => hashOf(challenge.algorithm, parts.join(':'));
  const count = request.count.toString(16).padStart(8, '0');
  const plain = hash(request.username, challenge.realm, request.password);
  const first = challenge.session ? hash(plain, challenge.nonce, request.cnonce) : plain;
  const second = hash(request.method, request.uri);
  const response = challenge.qop
    ? hash(first, challenge.nonce, count, request.cnonce, 'auth', second)
    : hash(first, challenge.nonce, second);
  const parts = [
    `username=${quoted(request.username)}`,
    `realm=${quoted(challenge.realm)}`,
    `nonce=${quoted(challenge.nonce)}`,
    `uri=${quoted(request.uri)}`,
    `response="${response}"`,
  ];
  if (challenge.algorithmText !== undefined) parts.push(`algorithm=${challenge.algorithmText}`);
  if (challenge.opaque !== undefined) parts.push(`opaque=${quoted(challenge.opaque)}`);
  if (challenge.qop) parts.push(`qop=auth, nc=${count}`);
  if (challenge.qop || challenge.session) parts.push(`cnonce="${request.cnonce}"`);
  // A header carries bytes, which Node wants as Latin-1: these are the bytes of UTF-8 (RFC 7616, section 4).
  return Buffer.from(`Digest ${parts.join(', ')}`, 'utf8').toString('latin1');
}

interface RawChallenge {
  scheme: string;
  parameters: Map<string, string>;
}

/** RFC 9110 section 11.6.1: several challenges may stand in one header line. */
function splitChallenges(header: string): RawChallenge[] {
  const found: RawChallenge[] = [];
  let at = 0;
  while (at < header.length) {
    const parameter = matchAt(PARAMETER, header, at);
    const scheme = parameter ? undefined : matchAt(SCHEME, header, at);
    if (parameter) {
      const [whole, name = '', text, bare] = parameter;
      found.at(-1)?.parameters.set(name.toLowerCase(), text?.replace(/\\(.)/g, '$1') ?? bare ?? '');
      at += whole.length;
    } else if (scheme) {
      found.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters: new Map() });
      at += scheme[0].length;
    } else at += 1;
  }
  return found;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function usableChallenge({ scheme, parameters }: RawChallenge): Challenge[] {
  const realm = parameters.get('realm') ?? '';
  const blank = { realm, nonce: '', session: false, algorithmText: undefined, qop: false, opaque: undefined };
  if (scheme === 'basic') return [{ ...blank, scheme: 'basic', algorithm: 'MD5', stale: false }];
  const nonce = parameters.get('nonce');
  const algorithmText = parameters.get('algorithm');
  const algorithm = /^(MD5|SHA-?256)(-sess)?$/i.exec(algorithmText ?? 'MD5');
  const qop = qopOf(parameters.get('qop'));
  if (scheme !== 'digest' || nonce === undefined || !algorithm || qop === 'unusable') return [];
  return [
    {
      scheme: 'digest',
      realm,
      nonce,
      algorithm: algorithm[1]?.toUpperCase() === 'MD5' ? 'MD5' : 'SHA-256',
      session: algorithm[2] !== undefined,
      algorithmText,
      qop: qop === 'auth',
      opaque: parameters.get('opaque'),
      stale: parameters.get('stale')?.toLowerCase() === 'true',
    },
  ];
}

function qopOf(text: string | undefined): 'none' | 'auth' | 'unusable' {
  if (text === undefined) return 'none';
  const offered = text.toLowerCase().split(/[\s,]+/);
  return offered.includes('auth') ? 'auth' : 'unusable';
}

function strength({ scheme, algorithm }: Challenge): number {
  if (scheme === 'basic') return 0;
  return algorithm === 'MD5' ? 1 : 2;
}

function hashOf(algorithm: Challenge['algorithm'], text: string): string {
  return createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text, 'utf8')
    .digest('hex');
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
