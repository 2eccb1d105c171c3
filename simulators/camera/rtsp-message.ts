/**
 * RTSP 1.0 messages (RFC 2326): requests out of a stream of bytes, answers as text, and interleaved frames (section 10.12).
 */
export interface RtspRequest {
  method: string;
  uri: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
}

export interface RtspAnswer {
  status: number;
  headers?: Readonly<Record<string, string | string[]>>;
  body?: string;
}

const HEAD_END = '\r\n\r\n';
const REQUEST_BYTES_MAX = 16 * 1_024;
const INTERLEAVED = 0x24;
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  454: 'Session Not Found',
  461: 'Unsupported Transport',
  501: 'Not Implemented',
};

/** A reader of what a client sends; its own interleaved frames (receiver reports) are stepped over. */
export function rtspReader(hear: (request: RtspRequest) => void, giveUp: () => void): (chunk: Uint8Array) => void {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const taken = pending[0] === INTERLEAVED ? frameLength(pending) : headLength(pending);
      if (taken === undefined) break;
      if (pending[0] !== INTERLEAVED) hear(requestOf(pending.subarray(0, taken).toString()));
      pending = pending.subarray(taken);
    }
    if (pending.length > REQUEST_BYTES_MAX) giveUp();
  };
}

function frameLength(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined;
  const length = 4 + bytes.readUInt16BE(2);
  return bytes.length < length ? undefined : length;
}

function headLength(bytes: Buffer): number | undefined {
  const end = bytes.indexOf(HEAD_END);
  return end < 0 ? undefined : end + HEAD_END.length;
}

function requestOf(head: string): RtspRequest {
  const [first = '', ...lines] = head.trimEnd().split('\r\n');
  const [method = '', uri = ''] = first.split(' ');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { method, uri, headers: Object.fromEntries(headers) };
}

export function answerText({ status, headers = {}, body = '' }: RtspAnswer, sequence: string): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((each) => `${name}: ${each}`));
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const reason = REASONS[status] ?? 'Error';
  return [`RTSP/1.0 ${status} ${reason}`, `CSeq: ${sequence}`, ...lines, ...length, '', body].join('\r\n');
}

/** An RTP packet inside the RTSP connection. */
export function interleaved(channel: number, packet: Buffer): Buffer {
  const head = Buffer.from([INTERLEAVED, channel, packet.length >> 8, packet.length & 0xff]);
  return Buffer.concat([head, packet]);
}
