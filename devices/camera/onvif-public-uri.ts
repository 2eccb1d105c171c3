/**
 * The address of a stream as the hall may see it: without user name and password, wherever the camera put them, and at
 * the camera's own address, whatever it says (cameras behind NAT name others, a hostile one might name anything).
 */
const SCHEMES = new Set(['rtsp:', 'rtsps:', 'http:', 'https:']);
const CREDENTIAL = /^(?:user|username|usr|account|pass|passwd|password|pwd|psw|auth|token)$/i;
/** `/user=admin_password=tlJwpbo6_channel=1.sdp`, as some boards write it. */
const CREDENTIAL_IN_PATH = /(?:user(?:name)?|pass(?:word|wd)?|pwd)=[^_&/?]*_?/gi;
const CHARACTERS_MAX = 512;

/** The clean address, or undefined when it is none that may be told. */
export function publicUri(uri: string, host: string, secrets: readonly string[]): string | undefined {
  const text = uri.trim();
  if (text.length > CHARACTERS_MAX || !URL.canParse(text)) return undefined;
  const { protocol, port, pathname, searchParams } = new URL(text);
  if (!SCHEMES.has(protocol)) return undefined;
  for (const name of [...searchParams.keys()]) if (CREDENTIAL.test(name)) searchParams.delete(name);
  const query = searchParams.size > 0 ? `?${searchParams.toString()}` : '';
  const place = host.includes(':') ? `[${host}]` : host;
  const path = pathname.replace(CREDENTIAL_IN_PATH, '');
  const clean = `${protocol}//${place}${port === '' ? '' : `:${port}`}${path}${query}`;
  return secrets.some((secret) => mentions(clean, secret)) ? undefined : clean;
}

function mentions(text: string, secret: string): boolean {
  return secret !== '' && (text.includes(secret) || text.includes(encodeURIComponent(secret)));
}
