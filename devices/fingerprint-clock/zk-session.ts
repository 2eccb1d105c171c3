/**
 * A session with a clock: CONNECT (and AUTH when a comm key is asked for), then one request at a time. An answer belongs to
 * the request whose reply id and session it carries; everything else is a late answer and is dropped. Frames that the clock
 * sends by itself (command 500) go to the live listener at any time, in the middle of a long read too.
 */
import { asHallError, HallError } from '../../gateway/kernel/errors.ts';
import { deferred, once, withDeadline } from '../../gateway/kernel/waiting.ts';
import { turnstile } from './turnstile.ts';
import { COMMAND, REPLY, scrambleCommKey, type Payload } from './zk-frame.ts';
import type { ZkLink } from './zk-link.ts';

export interface LiveFrame {
  /** What happened: 1 a punch, 512 an alarm. */
  event: number;
  data: Buffer;
  /** Tells the clock that the event is safe; an event that is not acknowledged may come again. */
  acknowledge(): void;
}

/** Looks at each frame of an answer; returns the result when the answer is complete, undefined while it is not. */
export type Gather<T> = (frame: Payload) => T | undefined;

export interface ZkSession {
  readonly link: ZkLink;
  /** Aborts with the reason (a HallError) when the session is over, whoever ended it. */
  readonly signal: AbortSignal;
  /**
   * Asks and waits for an answer of one frame.
   *
   * @throws HallError `clock.no-answer`, which also ends the session; `clock.answer-refused`; the session's reason.
   */
  ask(command: number, data?: Buffer): Promise<Buffer>;
  /** As `ask`, for answers of several frames; `gather` judges the reply codes itself. */
  exchange<T>(command: number, data: Buffer, gather: Gather<T>, deadlineMs: number): Promise<T>;
  onLive(listener: (frame: LiveFrame) => void): void;
  /** Says EXIT, so that the clock frees the session at once, and closes. */
  close(): Promise<void>;
}

export interface SessionSettings {
  /** 0 means that none is set at the clock. */
  commKey: number;
  replyTimeoutMs: number;
  /** Over UDP a request without an answer is sent again after this. */
  resendMs: number;
}

const NO_DATA = Buffer.alloc(0);
const EXIT_TIMEOUT_MS = 200;
const REPLY_ID_WRAP = 65_536;

/**
 * Opens a session over a link; on failure and when `stop` aborts it is closed.
 *
 * @throws HallError `clock.comm-key-refused`, `clock.busy`, `clock.no-answer`, or why the link dropped.
 */
export async function openSession(link: ZkLink, settings: SessionSettings, stop: AbortSignal): Promise<ZkSession> {
  const wire = sessionWire(link, settings);
  const leave = () => void wire.close();
  stop.addEventListener('abort', leave, { once: true });
  wire.signal.addEventListener('abort', () => stop.removeEventListener('abort', leave), { once: true });
  try {
    stop.throwIfAborted();
    await logIn(wire, settings.commKey);
  } catch (thrown) {
    await wire.close();
    throw closedAtOnce(thrown) ? busy(link, thrown) : thrown;
  }
  return wire;
}

async function logIn(wire: SessionWire, commKey: number): Promise<void> {
  const answer = await wire.request(COMMAND.connect, NO_DATA);
  wire.join(answer.session);
  if (answer.command === REPLY.ok) return;
  if (answer.command !== REPLY.unauthorised) throw refused(wire.link, COMMAND.connect, answer.command);
  const verdict = await wire.request(COMMAND.authenticate, scrambleCommKey(commKey, answer.session));
  if (verdict.command !== REPLY.ok) throw keyRefused(wire.link);
}

interface SessionWire extends ZkSession {
  /** One request, one frame, whatever its reply code. */
  request(command: number, data: Buffer): Promise<Payload>;
  join(session: number): void;
}

function sessionWire(link: ZkLink, settings: SessionSettings): SessionWire {
  const ending = new AbortController();
  let session: number | undefined;
  let nextReply = 0;
  let current: { reply: number; hear: (frame: Payload) => void } | undefined;
  let live: (frame: LiveFrame) => void = () => undefined;

  const end = (reason: HallError) => ending.abort(reason);
  void link.dropped.then((reason) => end(reason ?? closedHere(link)));
  const send = (frame: Payload) => link.send(frame).catch(() => undefined);

  link.listen((frame) => {
    if (frame.command === COMMAND.registerEvents) {
      const acknowledge = () =>
        void send({ command: REPLY.ok, session: session ?? 0, reply: frame.reply, data: NO_DATA });
      live({ event: frame.session, data: Buffer.from(frame.data), acknowledge });
      return;
    }
    const ours = session === undefined || frame.session === session;
    if (ours && frame.reply === current?.reply) current.hear(frame);
  });

  const carryOut = async <T>(command: number, data: Buffer, gather: Gather<T>, deadlineMs: number): Promise<T> => {
    ending.signal.throwIfAborted();
    const reply = nextReply;
    nextReply = (nextReply + 1) % REPLY_ID_WRAP;
    const answer = deferred<T>();
    current = { reply, hear: hearInto(answer, gather) };
    const request = { command, session: session ?? 0, reply, data };
    const resend = link.reliable ? undefined : setInterval(() => void send(request), settings.resendMs);
    try {
      void send(request);
      return await withDeadline(answer.promise, deadlineMs, () => noAnswer(link, command, deadlineMs), ending.signal);
    } catch (thrown) {
      if (thrown instanceof HallError && thrown.remedy === 'reset') end(thrown);
      throw thrown;
    } finally {
      clearInterval(resend);
      current = undefined;
    }
  };

  const inTurn = turnstile();
  const exchange = <T>(command: number, data: Buffer, gather: Gather<T>, deadlineMs: number): Promise<T> =>
    inTurn(() => carryOut(command, data, gather, deadlineMs));
  const request = (command: number, data: Buffer) => exchange(command, data, (frame) => frame, settings.replyTimeoutMs);

  return {
    link,
    signal: ending.signal,
    exchange,
    request,
    join: (id) => void (session = id),
    async ask(command, data = NO_DATA) {
      const answer = await request(command, data);
      if (answer.command !== REPLY.ok && answer.command !== REPLY.data) throw refused(link, command, answer.command);
      return answer.data;
    },
    onLive: (listener) => void (live = listener),
    close: once(async () => {
      if (!ending.signal.aborted) {
        const farewell = send({ command: COMMAND.exit, session: session ?? 0, reply: nextReply, data: NO_DATA });
        await withDeadline(farewell, EXIT_TIMEOUT_MS, () => closedHere(link)).catch(() => undefined);
      }
      await link.close();
    }),
  };
}

function hearInto<T>(answer: { resolve(value: T): void; reject(error: Error): void }, gather: Gather<T>) {
  return (frame: Payload) => {
    try {
      const result = gather(frame);
      if (result !== undefined) answer.resolve(result);
    } catch (thrown) {
      // An answer too short for what it should hold is broken, whoever noticed.
      answer.reject(asHallError(thrown, 'clock.answer-broken'));
    }
  };
}

/** The clock said no, with its reply code. */
export function refused(link: ZkLink, command: number, reply: number): HallError {
  if (reply === REPLY.unauthorised) return keyRefused(link);
  return new HallError('clock.answer-refused', {
    message: `${link.name} answered request ${command} with ${reply}.`,
    facts: { line: link.name, command, reply },
  });
}

function keyRefused(link: ZkLink): HallError {
  return new HallError('clock.comm-key-refused', {
    message: `${link.name} refused the comm key.`,
    facts: { line: link.name },
  });
}

function noAnswer(link: ZkLink, command: number, deadlineMs: number): HallError {
  return new HallError('clock.no-answer', {
    message: `${link.name} did not answer request ${command} within ${deadlineMs} ms.`,
    facts: { line: link.name, command },
  });
}

function busy(link: ZkLink, cause: unknown): HallError {
  return new HallError('clock.busy', {
    message: `${link.name} closed the connection before it greeted.`,
    cause,
    facts: { line: link.name },
  });
}

function closedAtOnce(thrown: unknown): boolean {
  return thrown instanceof HallError && thrown.code === 'line.lost';
}

function closedHere(link: ZkLink): HallError {
  return new HallError('line.lost', {
    message: `The session with ${link.name} was closed.`,
    facts: { line: link.name },
  });
}
