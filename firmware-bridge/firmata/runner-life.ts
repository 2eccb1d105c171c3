/**
 * Keeps one runner alive: starts it, asks whether it lives, and starts another one with back-off when it crashed or hangs.
 */
import { fullJitterMs, type BackoffLimits } from '../../gateway/kernel/backoff.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import type { Log } from '../../gateway/kernel/log.ts';
import { deferred, type Deferred } from '../../gateway/kernel/waiting.ts';
import { fromRunnerSchema, type FromRunner, type ToRunner } from './runner-messages.ts';
import { startRunner, type Runner, type RunnerPlace, type RunnerStarter } from './runner-place.ts';

export interface RunnerLifeOptions {
  place: RunnerPlace;
  log: Log;
  start?: RunnerStarter;
  pingMs?: number;
  answerMs?: number;
  random?: () => number;
}

export interface RunnerEar {
  /** A fresh runner takes messages now; it knows no board. */
  onStarted: () => void;
  onMessage: (message: Exclude<FromRunner, { said: 'pong' }>) => void;
  /** All that it did is gone; another one comes. */
  onLost: (reason: HallError) => void;
}

export interface RunnerLife {
  /** Starts the runner, unless it runs or is about to. */
  begin(): void;
  running(): boolean;
  /** Dropped while no runner lives. */
  post(message: ToRunner): void;
  /** True when it was told so much since it last gave a sign of life that it takes no more. */
  full(): boolean;
  /** Another runner instead of this one, at once. */
  replace(): void;
  /** Ends it for good; resolves when it is gone. */
  close(): Promise<void>;
}

const PING_MS = 5_000;
/** So long without an answer, and the runner hangs. */
const ANSWER_MS = 10_000;
const UNANSWERED_MAX = 2_000;
const BACKOFF: BackoffLimits = { firstMs: 500, maxMs: 30_000 };
/** A runner that lived so long was a good one: the next failure is the first again. */
const STEADY_MS = 60_000;

export function runnerLife(options: RunnerLifeOptions, { onStarted, onMessage, onLost }: RunnerEar): RunnerLife {
  const { place, log, start = startRunner, pingMs = PING_MS, answerMs = ANSWER_MS, random } = options;
  let runner: Runner | undefined;
  let gone: Deferred<undefined> | undefined;
  let unanswered = 0;
  let heardMs = 0;
  let startedMs = 0;
  let failures = 0;
  let pinging: NodeJS.Timeout | undefined;
  let restarting: NodeJS.Timeout | undefined;

  const post = (message: ToRunner) => {
    unanswered += 1;
    runner?.post(message);
  };
  const begin = () => {
    restarting = undefined;
    const ended = deferred<undefined>();
    gone = ended;
    startedMs = heardMs = performance.now();
    unanswered = 0;
    const fresh = start(place, {
      onMessage(raw) {
        if (runner === fresh) hear(fromRunnerSchema.parse(raw));
      },
      onGone(cause) {
        ended.resolve(undefined);
        if (runner === fresh) lose('hall-board.runner-lost', cause);
      },
    });
    runner = fresh;
    pinging = setInterval(ping, pingMs);
    onStarted();
  };
  const hear = (message: FromRunner) => {
    heardMs = performance.now();
    if (message.said === 'pong') unanswered = 0;
    else onMessage(message);
  };
  const ping = () => {
    if (performance.now() - heardMs > answerMs) lose('hall-board.runner-hung', `no answer for ${answerMs} ms`);
    else post({ do: 'ping' });
  };
  const stop = () => {
    clearInterval(pinging);
    const stopped = runner;
    runner = undefined;
    stopped?.kill();
  };
  const lose = (code: 'hall-board.runner-lost' | 'hall-board.runner-hung', cause: string) => {
    stop();
    const reason = new HallError(code, { message: `The runner of these boards ended: ${cause}.` });
    log.error('board-runner.lost', reason, { place });
    failures = performance.now() - startedMs >= STEADY_MS ? 0 : failures + 1;
    restarting = setTimeout(begin, fullJitterMs(failures, BACKOFF, random));
    onLost(reason);
  };
  return {
    begin() {
      if (runner === undefined && restarting === undefined) begin();
    },
    running: () => runner !== undefined,
    post,
    full: () => unanswered >= UNANSWERED_MAX,
    replace() {
      stop();
      begin();
    },
    async close() {
      clearTimeout(restarting);
      stop();
      await gone?.promise;
    },
  };
}
