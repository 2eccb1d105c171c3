/**
 * HTTP and RTSP digest authentication (RFC 7616, RFC 2617, RFC 2069) in the dialects in which cameras write their challenge.
 */
import { createHash } from 'node:crypto';
import type { Random } from '../kit/random.ts';
import type { Account } from './soap-auth.ts';

export type DigestAlgorithm = 'MD5' | 'SHA-256';

/**
 * `standard`: realm first, algorithm named. `hikvision`: `Digest qop="auth", realm=...`, MD5 unnamed, `stale="FALSE"`.
 * `rfc2069`: no qop, so no counter and no cnonce. `padded-nonce`: standard, with a Base64 nonce that ends in `=`.
 */
export type DigestDialect = 'standard' | 'hikvision' | 'rfc2069' | 'padded-nonce';

export interface DigestOptions {
  account: Account;
  realm: string;
  dialect: DigestDialect;
  /** One challenge each, in this order. */
  algorithms: readonly DigestAlgorithm[];
  /** A nonce is stale after so many uses. */
  nonceUsesMax: number;
  random: Random;
}

export interface DigestVerdict {
  accepted: boolean;
  /** True when only the nonce was too old: the client may try again with a new one and the same password. */
  stale: boolean;
}

export interface DigestJudge {
  /** One value for each WWW-Authenticate line. */
  challenges(stale: boolean): string[];
  /** Judges an Authorization header of a request. */
  judge(authorization: string | undefined, request: { method: string; uri: string }): DigestVerdict;
  /** Makes every nonce that was handed out stale. */
  expireNonces(): void;
}

const NONCES_MAX = 500;

export function digestJudge(options: DigestOptions): DigestJudge {
  const { dialect, algorithms, random } = options;
  /** Uses so far, and the highest counter seen, of every nonce in force. */
  const nonces = new Map<string, { uses: number; counter: number }>();
  const newNonce = () => {
    const nonce = Buffer.from(random.bytes(16)).toString(dialect === 'padded-nonce' ? 'base64' : 'hex');
    nonces.set(nonce, { uses: 0, counter: 0 });
    const [oldest] = nonces.keys();
    if (nonces.size > NONCES_MAX && oldest !== undefined) nonces.delete(oldest);
    return nonce;
  };
  const isFresh = (fields: DigestFields): boolean => {
    const known = nonces.get(fields['nonce'] ?? '');
    if (!known) return false;
    const counter = dialect === 'rfc2069' ? known.counter + 1 : Number.parseInt(fields['nc'] ?? '', 16);
    if (!(counter > known.counter) || known.uses >= options.nonceUsesMax) return false;
    Object.assign(known, { uses: known.uses + 1, counter });
    return true;
  };
  return {
    challenges(stale) {
      return algorithms.map((algorithm) => challenge(options, { nonce: newNonce(), algorithm, stale }));
    },
    judge(authorization, request) {
      const fields = digestFields(authorization);
      if (!fields || !isRight(fields, options, request)) return { accepted: false, stale: false };
      const accepted = isFresh(fields);
      return { accepted, stale: !accepted };
    },
    expireNonces: () => nonces.clear(),
  };
}

interface Challenge {
  nonce: string;
  algorithm: DigestAlgorithm;
  stale: boolean;
}

function challenge({ dialect, realm }: DigestOptions, { nonce, algorithm, stale }: Challenge): string {
  switch (dialect) {
    case 'standard':
    case 'padded-nonce':
      return `Digest realm="${realm}", nonce="${nonce}", qop="auth", algorithm=${algorithm}${stale ? ', stale=true' : ''}`;
    case 'hikvision': {
      const named = algorithm === 'MD5' ? '' : `algorithm="${algorithm}", `;
      return `Digest qop="auth", realm="${realm}", nonce="${nonce}", ${named}stale="${stale ? 'TRUE' : 'FALSE'}"`;
    }
    case 'rfc2069': {
      const named = algorithm === 'MD5' ? '' : `, algorithm=${algorithm}`;
      return `Digest realm="${realm}", nonce="${nonce}"${named}${stale ? ', stale=true' : ''}`;
    }
  }
}

type DigestFields = Readonly<Record<string, string>>;

/** The fields of an Authorization header, or undefined when it is of another scheme. */
export function digestFields(header: string | undefined): DigestFields | undefined {
  if (!header?.startsWith('Digest ')) return undefined;
  const fields = [...header.slice('Digest '.length).matchAll(/([a-z0-9]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/gi)];
  return Object.fromEntries(fields.map(([, name = '', quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? '']));
}

function isRight(fields: DigestFields, options: DigestOptions, request: { method: string; uri: string }): boolean {
  const algorithm = options.algorithms.find((each) => each === (fields['algorithm'] ?? 'MD5'));
  return (
    algorithm !== undefined &&
    fields['username'] === options.account.user &&
    fields['realm'] === options.realm &&
    fields['uri'] === request.uri &&
    (options.dialect === 'rfc2069' || fields['qop'] === 'auth') &&
    fields['response'] === digestResponse(fields, algorithm, options.account.password, request)
  );
}

/** The `response` that belongs to the other fields. RFC 7616 section 3.4.1; without qop, RFC 2069 section 2.1.2. */
export function digestResponse(
  fields: DigestFields,
  algorithm: DigestAlgorithm,
  password: string,
  request: { method: string; uri: string },
): string {
  const hash = (...parts: readonly (string | undefined)[]) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(parts.map((part) => part ?? '').join(':'))
      .digest('hex');
  const secret = hash(fields['username'], fields['realm'], password);
  const what = hash(request.method, request.uri);
  return fields['qop'] === undefined
    ? hash(secret, fields['nonce'], what)
    : hash(secret, fields['nonce'], fields['nc'], fields['cnonce'], fields['qop'], what);
}
