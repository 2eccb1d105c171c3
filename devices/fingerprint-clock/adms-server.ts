/**
 * The one port of all clocks that push to it: opened by the first clock of hall.yaml, closed after the last. A port that cannot
 * be opened is tried again, and meanwhile every clock says why.
 *
 * A clock that is not in hall.yaml is refused (403), never told OK: it keeps its punches and asks again, so that nothing is
 * lost until somebody enters its serial number. The technician finds it among the candidates in the state of every clock here.
 */
import { fullJitterMs } from '../../gateway/kernel/backoff.ts';
import type { Clock } from '../../gateway/kernel/clock.ts';
import type { Shared } from '../../gateway/kernel/driver.ts';
import { HallError, textOf, type ErrorCode } from '../../gateway/kernel/errors.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import { once, sleep } from '../../gateway/kernel/waiting.ts';
import { candidateList, type Candidate } from './adms-candidates.ts';
import { openHttp, type HttpLimits } from './adms-http.ts';
import type { PushAnswer, PushRequest } from './adms-request.ts';
import { listenAddress } from './adms-settings.ts';

/** A clock of hall.yaml, as the port sees it. */
export interface PushMember {
  /** @throws HallError why the clock must keep what it has and send it again. */
  answer(request: PushRequest): Promise<PushAnswer>;
  onUp(): void;
  onDown(reason: HallError): void;
  onCandidates(candidates: readonly Candidate[]): void;
}

export interface PushServer extends Shared {
  /** Answers for the clock with this serial number; returns the way to leave. */
  join(serial: string, member: PushMember): () => void;
}

export interface PushServerOptions {
  listen: string;
  log: Log;
  clock: Clock;
  limits: HttpLimits;
}

const RETRY = { firstMs: 500, maxMs: 15_000 };

export function openPushServer({ listen, log, clock, limits }: PushServerOptions): PushServer {
  const stopping = new AbortController();
  const members = new Map<string, PushMember>();
  const everybody = (tell: (member: PushMember) => void) => [...members.values()].forEach(tell);
  const candidates = candidateList({
    monotonicMs: () => clock.monotonicMs(),
    onChange: (list) => everybody((member) => member.onCandidates(list)),
  });
  const stopped = () => stopping.signal.aborted;
  let standing: 'opening' | 'up' | HallError = 'opening';

  const answer = async (request: PushRequest): Promise<PushAnswer> => {
    const { SN: serial } = request.query;
    const member = members.get(serial);
    if (member) return member.answer(request);
    if (candidates.saw(serial, request.peer)) log.warn('clock.unknown-serial', { listen, serial, peer: request.peer });
    throw new HallError('push.clock-unknown', { facts: { serial, peer: request.peer } });
  };
  const down = (reason: HallError) => {
    const before = standing;
    standing = reason;
    if (!(before instanceof HallError) || before.code !== reason.code) log.error('push.down', reason);
    everybody((member) => member.onDown(reason));
  };
  const up = () => {
    standing = 'up';
    log.info('push.up', { listen });
    everybody((member) => member.onUp());
  };
  const open = async () => {
    for (let attempt = 0; !stopped(); attempt += 1) {
      try {
        const http = await openHttp({ ...listenAddress(listen), clock, limits, answer });
        if (stopped()) await http.close();
        else up();
        return http;
      } catch (thrown) {
        if (!stopped()) down(notOpen(listen, thrown));
        await sleep(fullJitterMs(attempt, RETRY), stopping.signal).catch(() => undefined);
      }
    }
    return undefined;
  };

  const opened = open();
  return {
    join(serial, member) {
      members.set(serial, member);
      candidates.forget(serial);
      if (standing instanceof HallError) member.onDown(standing);
      if (standing === 'up') member.onUp();
      return () => {
        if (members.get(serial) === member) members.delete(serial);
      };
    },
    close: once(async () => {
      stopping.abort(new HallError('device.stopped'));
      const http = await opened;
      await http?.close();
    }),
  };
}

const CODES = new Map<unknown, ErrorCode>([
  ['EADDRINUSE', 'push.port-taken'],
  ['EACCES', 'push.port-forbidden'],
]);

function notOpen(listen: string, thrown: unknown): HallError {
  const code = thrown instanceof Error && 'code' in thrown ? CODES.get(thrown.code) : undefined;
  return new HallError(code ?? 'push.address-missing', {
    message: `The port for clocks, ${listen}, cannot be opened (${textOf(thrown)}).`,
    cause: thrown,
    facts: { listen },
  });
}
