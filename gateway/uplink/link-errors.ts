/**
 * What went wrong with the link, in the words of the error table: refusals (CONNACK), certificates, sockets.
 */
import { HallError, isHallError, textOf, type ErrorCode } from '../kernel/errors.ts';

/** OpenSSL's and Node's names of certificate troubles, see Node's tls documentation, "X509 certificate error codes". */
const TLS_CODES: Readonly<Record<string, ErrorCode>> = {
  CERT_HAS_EXPIRED: 'uplink.certificate-expired',
  CERT_NOT_YET_VALID: 'uplink.certificate-not-yet-valid',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'uplink.certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'uplink.certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'uplink.certificate-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'uplink.certificate-untrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'uplink.certificate-untrusted',
  CERT_SIGNATURE_FAILURE: 'uplink.certificate-untrusted',
  CERT_REVOKED: 'uplink.certificate-untrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'uplink.certificate-untrusted',
};

/** Alerts by which the server refuses the client's certificate (RFC 8446 section 6.2). */
const CLIENT_CERTIFICATE_ALERT = /alert (bad certificate|unknown ca|certificate (required|expired|unknown|revoked))/i;
const CLIENT_CERTIFICATE_CODE = /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_)|ERR_OSSL_X509/;

/** CONNACK codes that only a person can mend: MQTT 3.1.1 table 3.1 and MQTT 5 section 3.2.2.2. */
const REFUSED = new Set([1, 2, 4, 5, 0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c, 0x9d]);

/** A failure to connect as an error of the table; `place` is the broker's address without secrets. */
export function connectError(thrown: unknown, place: string): HallError {
  if (isHallError(thrown)) return thrown;
  const code = codeOf(thrown);
  if (typeof code === 'number') return refusal(code, thrown, place);
  return linkError(codeOfSocket(code, thrown) ?? 'uplink.unreachable', thrown, place);
}

/** The loss of an open link as an error of the table. */
export function lossError(thrown: unknown, place: string): HallError {
  if (isHallError(thrown)) return thrown;
  if (textOf(thrown) === 'Keepalive timeout') return linkError('uplink.frozen', thrown, place);
  return linkError(codeOfSocket(codeOf(thrown), thrown) ?? 'uplink.lost', thrown, place);
}

function refusal(code: number, thrown: unknown, place: string): HallError {
  return new HallError(REFUSED.has(code) ? 'uplink.refused' : 'uplink.unavailable', {
    message: `${place} refused the connection: ${textOf(thrown)} (CONNACK ${code}).`,
    cause: thrown,
    facts: { place, connack: code },
  });
}

function linkError(code: ErrorCode, thrown: unknown, place: string): HallError {
  return new HallError(code, { message: `${place}: ${textOf(thrown)}.`, cause: thrown, facts: { place } });
}

function codeOfSocket(code: unknown, thrown: unknown): ErrorCode | undefined {
  if (typeof code !== 'string') return undefined;
  if (CLIENT_CERTIFICATE_CODE.test(code) || CLIENT_CERTIFICATE_ALERT.test(textOf(thrown))) {
    return 'uplink.client-certificate-refused';
  }
  return TLS_CODES[code];
}

function codeOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
}
