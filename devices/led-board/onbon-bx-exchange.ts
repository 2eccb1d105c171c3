/**
 * One request and its reply on the line of BX cards, with repetitions when nothing or nothing readable comes.
 *
 * Replies carry no number, so a late one could be taken for the next request's. Hence a request that was sent twice is
 * followed by a pause in which its second reply is dropped, and a card that did not answer at all is asked for its status
 * before anything else (`onbon-bx-board.ts`): nothing else looks like a status reply.
 */
import { HallError } from '../../gateway/kernel/errors.ts';
import { deferred, sleep, withDeadline, type Deferred } from '../../gateway/kernel/waiting.ts';
import type { Line } from '../../firmware-bridge/lines/line.ts';
import { ANY_CARD, encodeFrame, frameDecoder, GATEWAY_ADDRESS, type Frame } from './onbon-bx-frame.ts';
import { parseReply, type Reply } from './onbon-bx-messages.ts';

export interface BxRequest {
  address: number;
  /** Called right before the bytes leave, and again before each repetition; what it throws ends the request. */
  data: () => Uint8Array;
  /** Which replies end it; others are late ones. */
  answeredBy: readonly Reply['kind'][];
  replyTimeoutMs: number;
  /** How often it is sent when no reply comes. */
  triesMax: number;
}

export interface Exchange {
  attach(line: Line): void;
  /** The line is gone: the open request ends with this reason, and so does every other until `attach`. */
  detach(reason: HallError): void;
  /**
   * Resolves with the reply, a NACK too. One call at a time.
   *
   * @throws HallError `board.no-answer`, `board.answer-broken`, the reason of `detach`, or what `data` throws.
   */
  exchange(request: BxRequest): Promise<Reply>;
}

export interface ExchangeOptions {
  /** Absent on the network, where bytes take no time and nobody turns a transceiver round. */
  baudRate: number | undefined;
  signal: AbortSignal;
}

const BITS_PER_BYTE = 10;
/** How often a request is sent at most while replies come damaged: that costs little time. */
const SENT_MAX = 8;
/** After noise, the reply may still come; when the wires were quiet for this long, it was the reply that was damaged. */
const QUIET_MS = 40;
/** The second reply to a request that was sent twice comes within this time and is nobody's. */
const SECOND_REPLY_MS = 200;
/** Silence on the wires before the gateway speaks, so that a card's RS-485 driver has let go of them. */
const TURNAROUND_MS = 5;
/** The card's own word for a damaged request. */
const ERROR_CHECKSUM = 5;

interface Open {
  request: BxRequest;
  heard: Deferred<Reply | 'damaged'>;
  /** Something came that was no frame: noise before the reply, or the reply itself. */
  damaged: boolean;
}

export function bxExchange({ baudRate, signal }: ExchangeOptions): Exchange {
  let line: Line | undefined;
  let down = new HallError('line.unreachable');
  let decoder = frameDecoder();
  let open: Open | undefined;
  let quiet: NodeJS.Timeout | undefined;

  const hear = (chunk: Uint8Array) => {
    for (const heard of decoder.push(chunk)) {
      if (open === undefined) continue;
      const reply = heard === 'damaged' ? heard : replyOf(heard, open.request);
      if (reply === 'damaged') open.damaged = true;
      else if (reply !== undefined) open.heard.resolve(reply);
    }
    const { damaged, heard } = open ?? {};
    clearTimeout(quiet);
    if (damaged) quiet = setTimeout(() => heard?.resolve('damaged'), QUIET_MS);
  };
  const sendOnce = async (request: BxRequest): Promise<Reply | 'damaged'> => {
    if (baudRate !== undefined) await sleep(TURNAROUND_MS, signal);
    if (line === undefined) throw down;
    const bytes = encodeFrame({ destination: request.address, source: GATEWAY_ADDRESS, data: request.data() });
    const wireMs = baudRate === undefined ? 0 : (bytes.length * BITS_PER_BYTE * 1_000) / baudRate;
    const heard = deferred<Reply | 'damaged'>();
    open = { request, heard, damaged: false };
    try {
      await line.write(bytes);
      return await withDeadline(heard.promise, request.replyTimeoutMs + wireMs, () => noAnswer(request), signal);
    } finally {
      clearTimeout(quiet);
      open = undefined;
    }
  };
  return {
    attach(opened) {
      line = opened;
      decoder = frameDecoder();
      opened.onData(hear);
    },
    detach(reason) {
      line = undefined;
      down = reason;
      open?.heard.promise.catch(() => undefined);
      open?.heard.reject(reason);
    },
    async exchange(request) {
      for (let sent = 1, silent = 0; sent <= SENT_MAX; sent += 1) {
        const reply = await sendOnce(request).catch((thrown: unknown) => {
          silent += 1;
          if (!isNoAnswer(thrown) || silent >= request.triesMax) throw thrown;
        });
        if (reply === undefined || reply === 'damaged' || reply.error === ERROR_CHECKSUM) continue;
        if (sent > 1) await sleep(SECOND_REPLY_MS, signal);
        return reply;
      }
      throw broken(request);
    },
  };
}

/** Undefined for what another card says, and for a late reply of another kind. */
function replyOf(frame: Frame, request: BxRequest): Reply | undefined {
  const isFromIt = request.address === ANY_CARD || frame.source === request.address;
  const reply = isFromIt && frame.destination === GATEWAY_ADDRESS ? parseReply(frame.data) : undefined;
  return reply && (request.answeredBy.includes(reply.kind) || reply.kind === 'nack') ? reply : undefined;
}

function isNoAnswer(thrown: unknown): boolean {
  return thrown instanceof HallError && thrown.code === 'board.no-answer';
}

function noAnswer({ address, replyTimeoutMs }: BxRequest): HallError {
  return new HallError('board.no-answer', {
    message: `The board ${address} did not answer within ${replyTimeoutMs} ms.`,
    facts: { address },
  });
}

function broken({ address }: BxRequest): HallError {
  return new HallError('board.answer-broken', {
    message: `Each of ${SENT_MAX} exchanges with the board ${address} was damaged on the line.`,
    facts: { address },
  });
}
