/**
 * One area of a board, for every wire: the newest text wins, the area is written at most once in `refreshMs`, a text whose
 * time is over is neither sent nor left standing, and what the board lost is sent again.
 *
 * The wire does not get a text but a way to `take` one, which it calls right before the bytes leave: so what waited behind
 * a slow board is never older than the newest, and never stale.
 *
 *   show(text) -> next ---take---> under way ---confirmed---> standing ---its time is over---> idle text (or nothing)
 *
 * A text that failed never appears later: the one that stood before it is put back when the board answers again.
 */
import type { Clock } from '../../gateway/kernel/clock.ts';
import { asHallError, HallError } from '../../gateway/kernel/errors.ts';
import { deferred, type Deferred } from '../../gateway/kernel/waiting.ts';
import { endTimer } from './end-timer.ts';
import type { Colour, Effect } from './kind.ts';

/** A text and its manner, complete: the defaults of its area are already in it. */
export interface BoardText {
  text: string;
  colour: Colour;
  effect: Effect;
  /** 1 slowest to 10 fastest. */
  speed: number;
  ticketNumber?: string;
}

/** When a text must be gone: at an instant, so long after it was confirmed, or whichever comes first. */
export interface Lifetime {
  untilMs?: number;
  showMs?: number;
  /** Whoever asked has given up: the text does not leave any more. */
  signal?: AbortSignal;
}

/** What came of a text that was to be shown. */
export type Shown = { shown: true; untilMs: number | undefined } | { shown: false };

/** What is to be in an area; `untilMs` also serves boards that can take a text off by themselves. */
export interface Standing {
  /** Undefined: nothing. */
  text: BoardText | undefined;
  untilMs: number | undefined;
}

/** What is on the board, as far as it is known. */
export interface AreaShown extends Standing {
  area: string;
  /** False while the board may show something else. */
  confirmed: boolean;
}

export interface DisplayAreaOptions {
  /** What the area shows when nothing else is to be shown. */
  idle: BoardText | undefined;
  /**
   * Writes the area: calls `take` right before the bytes leave (again before each repetition) and resolves when the board
   * confirmed. `take` throws when there is nothing left to send; that is what the promise must then reject with.
   */
  write: (take: () => Standing) => Promise<void>;
  /** The area may be written at most once in this time. */
  refreshMs: number;
  clock: Clock;
  /** What `shown` tells is another now. */
  onChange: () => void;
  /** The time of a text was over, and the board no longer shows it. */
  onExpired: (text: BoardText) => void;
}

export interface DisplayArea {
  /**
   * Resolves when the board confirmed the text (undefined: the idle text, or nothing), or with `shown: false` when a newer
   * one took its place before.
   *
   * @throws HallError `command.expired` when its time was over before it left; what `write` rejects with.
   */
  show(text: BoardText | undefined, lifetime?: Lifetime): Promise<Shown>;
  /** The board may have lost the text: it is unconfirmed until it was sent again. */
  doubt(): void;
  /** Sends what should stand there, if it is not confirmed; resolves when that was tried. */
  restore(): Promise<void>;
  shown(): Omit<AreaShown, 'area'>;
  /** Gives up what waits and stops every timer. */
  stop(): void;
}

interface Wish extends Lifetime {
  text: BoardText | undefined;
  answer: Deferred<Shown>;
}

export function displayArea({ idle, clock, refreshMs, onChange, ...options }: DisplayAreaOptions): DisplayArea {
  let standing: Standing = { text: idle, untilMs: undefined };
  let confirmed = false;
  let next: Wish | undefined;
  let underWay: Wish | undefined;
  let writing = false;
  let leftAtMs = -Infinity;
  let pause: NodeJS.Timeout | undefined;
  /** Its time is over, but the board has not confirmed what takes its place. */
  let expired: BoardText | undefined;
  let stopped = false;
  const expiry = endTimer(clock, () => {
    expired = standing.text;
    standing = { text: idle, untilMs: undefined };
    confirmed = false;
    onChange();
    void restore();
  });

  const wish = (text: BoardText | undefined, lifetime: Lifetime): Promise<Shown> => {
    if (stopped) return Promise.reject(new HallError('device.stopped'));
    const answer = deferred<Shown>();
    next?.answer.resolve({ shown: false });
    next = { text, ...lifetime, answer };
    pump();
    return answer.promise;
  };
  const pump = () => {
    if (stopped || writing || pause !== undefined || next === undefined) return;
    const waitMs = leftAtMs + refreshMs - clock.monotonicMs();
    if (waitMs <= 0) void write();
    else pause = setTimeout(resume, waitMs);
  };
  const resume = () => {
    pause = undefined;
    pump();
  };
  const write = async () => {
    writing = true;
    const beganMs = leftAtMs;
    try {
      await options.write(take);
      confirm();
    } catch (thrown) {
      if (leftAtMs !== beganMs) confirmed = false;
      fail(asHallError(thrown, 'command.failed'));
    }
    writing = false;
    pump();
  };
  /** The newest wish; one that was under way before a repetition gives way to it. */
  const take = (): Standing => {
    const newest = next ?? underWay;
    if (newest === undefined || stopped) throw new HallError('device.stopped');
    if (underWay !== newest) underWay?.answer.resolve({ shown: false });
    next = undefined;
    underWay = newest;
    newest.signal?.throwIfAborted();
    if (newest.untilMs !== undefined && newest.untilMs <= clock.now()) throw tooLate(newest.untilMs);
    leftAtMs = clock.monotonicMs();
    return { text: newest.text, untilMs: endOf(newest, clock) };
  };
  const confirm = () => {
    const done = underWay;
    underWay = undefined;
    if (done === undefined || stopped) return;
    const untilMs = endOf(done, clock);
    standing = { text: done.text, untilMs };
    confirmed = true;
    expiry.set(untilMs);
    // Sent again while its time ended, it stands there once more, and is taken off at once.
    if (expired !== undefined && expired !== done.text) options.onExpired(expired);
    expired = undefined;
    done.answer.resolve({ shown: true, untilMs });
    onChange();
  };
  /** A wish that was never taken stays out too: the line is down, and later it would be stale. */
  const fail = (reason: HallError) => {
    const failed = underWay ?? next;
    if (failed === next) next = undefined;
    underWay = undefined;
    failed?.answer.reject(reason);
    if (!stopped) onChange();
  };
  const restore = async (): Promise<void> => {
    if (confirmed || writing || next !== undefined) return;
    await wish(standing.text, expiry.lifetime()).catch(() => undefined);
  };
  return {
    show: (text, lifetime = {}) => wish(text ?? idle, lifetime),
    doubt() {
      confirmed = false;
      onChange();
    },
    restore,
    shown: () => ({ ...standing, confirmed }),
    stop() {
      stopped = true;
      clearTimeout(pause);
      expiry.set(undefined);
      for (const open of [next, underWay]) open?.answer.reject(new HallError('device.stopped'));
    },
  };
}

/** The instant at which a text that is confirmed now must be gone. */
function endOf({ untilMs = Infinity, showMs = Infinity }: Lifetime, clock: Clock): number | undefined {
  const end = Math.min(untilMs, clock.now() + showMs);
  return end === Infinity ? undefined : end;
}

function tooLate(untilMs: number): HallError {
  return new HallError('command.expired', {
    message: `The text was to be gone by ${new Date(untilMs).toISOString()}; it was not shown.`,
  });
}
