/**
 * One line with one or many BX cards: a card speaks only when it is asked, and one request is open at a time
 * (`onbon-bx-exchange.ts`). Commands go before enquiries, in the order in which they came.
 */
import type { BackoffLimits } from '../../gateway/kernel/backoff.ts';
import type { Shared } from '../../gateway/kernel/driver.ts';
import { asHallError, HallError } from '../../gateway/kernel/errors.ts';
import type { LineSettings } from '../../gateway/kernel/line-settings.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import { deferred, once, type Deferred } from '../../gateway/kernel/waiting.ts';
import { lineName, openLine } from '../../firmware-bridge/lines/open-line.ts';
import { keepOpen } from '../../firmware-bridge/lines/reconnecting-line.ts';
import { bxExchange, type BxRequest } from './onbon-bx-exchange.ts';
import type { Reply } from './onbon-bx-messages.ts';

/** Commands go before enquiries. */
export type Lane = 'command' | 'enquiry';

export interface BxMember {
  onUp: () => void;
  onDown: (reason: HallError) => void;
}

export interface BxBus extends Shared {
  /** Hears whether the line is open, now and later; returns the way to leave. */
  join(member: BxMember): () => void;
  /** Rejects as `Exchange.exchange` does, and with `board.line-crowded` when too much waits for this card already. */
  ask(lane: Lane, request: BxRequest): Promise<Reply>;
}

interface Waiting {
  lane: Lane;
  request: BxRequest;
  reply: Deferred<Reply>;
}

const BACKOFF: BackoffLimits = { firstMs: 200, maxMs: 10_000 };
/** Requests that may wait for one card. */
const WAITING_MAX = 32;

/** Opens the line and keeps it open until it is closed. */
export function openBxBus(settings: LineSettings, log: Log): BxBus {
  const stopping = new AbortController();
  const { signal } = stopping;
  const wires = bxExchange({ baudRate: settings.type === 'serial' ? settings.baudRate : undefined, signal });
  const members = new Set<BxMember>();
  const waiting: Waiting[] = [];
  let down: HallError | undefined = notYetOpen(lineName(settings));
  let opening = true;
  let working = false;

  const work = async () => {
    if (working) return;
    working = true;
    for (let next = takeNext(waiting); next !== undefined; next = takeNext(waiting)) {
      const { request, reply } = next;
      try {
        reply.resolve(await wires.exchange(request));
      } catch (thrown) {
        reply.reject(asHallError(thrown, 'command.failed'));
      }
      // Whoever asked hears it first: a card that did not answer is not told what waits behind.
      await Promise.allSettled([reply.promise]);
    }
    working = false;
  };
  const giveUp = (reason: HallError) => {
    down = reason;
    wires.detach(reason);
    for (const { reply } of waiting.splice(0)) reply.reject(reason);
  };
  const kept = keepOpen((opened) => openLine(settings, { signal: opened }), {
    backoff: BACKOFF,
    signal,
    log,
    onUp(line) {
      opening = false;
      down = undefined;
      wires.attach(line);
      for (const member of members) member.onUp();
    },
    onDown(reason) {
      opening = false;
      giveUp(reason);
      for (const member of members) member.onDown(reason);
    },
  });
  return {
    join(member) {
      members.add(member);
      if (down === undefined) member.onUp();
      else if (!opening) member.onDown(down);
      return () => void members.delete(member);
    },
    ask(lane, request) {
      if (down !== undefined) return Promise.reject(down);
      const waitingForIt = waiting.filter((each) => each.request.address === request.address);
      if (waitingForIt.length >= WAITING_MAX) return Promise.reject(crowded(request));
      const reply = deferred<Reply>();
      waiting.push({ lane, request, reply });
      void work();
      return reply.promise;
    },
    close: once(async () => {
      const stopped = new HallError('device.stopped');
      giveUp(stopped);
      stopping.abort(stopped);
      await kept;
    }),
  };
}

/** The oldest command, or else the oldest enquiry. */
function takeNext(waiting: Waiting[]): Waiting | undefined {
  const at = waiting.findIndex(({ lane }) => lane === 'command');
  return waiting.splice(Math.max(at, 0), 1)[0];
}

function crowded({ address }: BxRequest): HallError {
  return new HallError('board.line-crowded', {
    message: `${WAITING_MAX} requests wait for the board ${address} already.`,
    facts: { address },
  });
}

/** The state before the first attempt has come to an end: nobody is told. */
function notYetOpen(line: string): HallError {
  return new HallError('line.unreachable', { message: `${line} is being opened.`, facts: { line } });
}
