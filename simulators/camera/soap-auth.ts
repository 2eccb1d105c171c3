/**
 * WS-UsernameToken (OASIS WSS UsernameToken Profile 1.1) as a strict camera checks it: the digest, a Created near the camera's
 * own time, and no nonce twice.
 */
import { createHash } from 'node:crypto';
import { childOf, textAt, type XmlElement } from './xml-reading.ts';

export interface Account {
  user: string;
  password: string;
}

/** `absent`: no token was sent at all. */
export type TokenVerdict = 'accepted' | 'absent' | 'wrong' | 'stale' | 'replayed';

const CREATED_WITHIN_MS = 5 * 60_000;
const NONCES_MAX = 2_000;

/**
 * Base64(SHA-1(nonce + created + password)); the nonce as raw bytes.
 *
 * Source: UsernameToken Profile 1.1, section 3.1.
 */
export function passwordDigest(nonce: Buffer, created: string, password: string): string {
  return createHash('sha1').update(nonce).update(created).update(password).digest('base64');
}

/** A judge of tokens; `time` is the camera's own. */
export function tokenJudge(account: Account, time: () => number): (header: XmlElement | undefined) => TokenVerdict {
  const seen = new Set<string>();
  return (header) => {
    const token = childOf(header, 'Security', 'UsernameToken');
    if (!token) return 'absent';
    const nonce = textAt(token, 'Nonce') ?? '';
    const created = textAt(token, 'Created') ?? '';
    if (!hasRightDigest(token, account, nonce, created)) return 'wrong';
    if (!(Math.abs(Date.parse(created) - time()) <= CREATED_WITHIN_MS)) return 'stale';
    if (seen.has(nonce)) return 'replayed';
    remember(seen, nonce);
    return 'accepted';
  };
}

function hasRightDigest(token: XmlElement, account: Account, nonce: string, created: string): boolean {
  const password = childOf(token, 'Password');
  if (textAt(token, 'Username') !== account.user || !password?.attributes['Type']?.endsWith('#PasswordDigest')) {
    return false;
  }
  return password.text === passwordDigest(Buffer.from(nonce, 'base64'), created, account.password);
}

function remember(seen: Set<string>, nonce: string): void {
  seen.add(nonce);
  const [oldest] = seen;
  if (seen.size > NONCES_MAX && oldest !== undefined) seen.delete(oldest);
}
