/**
 * The day of a clock that pushes: introduce itself, hand over, ask, wait; over again after a restart.
 */
import { pushTalk, type TalkParts } from './push-talk.ts';

export interface PushRound {
  readonly answers: readonly number[];
  wake: () => void;
  reboot: () => void;
  plug: (pluggedIn: boolean) => void;
  close: () => Promise<void>;
}

export type RoundParts = Omit<TalkParts, 'awake' | 'restart'> & { pluggedIn: boolean };

export function pushRound({ pluggedIn, ...parts }: RoundParts): PushRound {
  const { build, body, wire } = parts;
  let closed = false;
  let plugged = pluggedIn;
  let failing = false;
  let bootMs = 0;
  let stir: () => void = () => undefined;

  const restart = () => {
    body.restarts += 1;
    bootMs = build.rebootMs;
    talk.forget();
    wire.cut();
    stir();
  };
  const awake = () => plugged && bootMs === 0 && !closed;
  const talk = pushTalk({ ...parts, awake, restart });
  const pause = (ms: number | undefined) =>
    new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      stir = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const boot = async () => {
    const ms = bootMs;
    bootMs = 0;
    await pause(ms);
  };
  const work = async () => {
    failing = !((await talk.introduce()) && (await talk.handOver()) && (await talk.poll()));
    // Something may have happened while the last request was under way.
    if (!awake() || (!failing && body.next() !== undefined)) return;
    await pause(failing ? talk.errorDelayMs() : talk.untilPollMs());
  };
  const live = async (): Promise<void> => {
    while (!closed) {
      if (bootMs > 0) await boot();
      else if (plugged) await work();
      else await pause(undefined);
    }
  };
  const living = live();
  return {
    answers: talk.answers,
    wake() {
      if (!failing) stir();
    },
    reboot: restart,
    plug(pluggedNow) {
      plugged = pluggedNow;
      if (!plugged) wire.cut();
      stir();
    },
    async close() {
      closed = true;
      wire.cut();
      stir();
      await living;
    },
  };
}
