/**
 * Driver for clocks that push (ZKTeco PUSH, "ADMS", "iclock"): the clock is an HTTP client that hands over its punches and asks
 * for commands. It never learns of anything that could clear it, and is told no time but the right one.
 *
 * The wire cannot read a clock's time back, nor play a voice: `set-time` and `test-voice` are not among its commands. A clock
 * that pushes sets itself by the `Date` of every answer.
 */
import { defineDriver, type CommandHandlers, type Hall } from '../../gateway/kernel/driver.ts';
import { aborted, sleep } from '../../gateway/kernel/waiting.ts';
import { pushClock, type PushClock } from './adms-clock.ts';
import { COMMAND_TEXT } from './adms-commands.ts';
import { HTTP_LIMITS } from './adms-http.ts';
import { openPushServer } from './adms-server.ts';
import { admsConfigSchema, type AdmsConfig } from './adms-settings.ts';
import { fingerprintClock, type FingerprintClock } from './kind.ts';

export const adms = defineDriver({
  kind: fingerprintClock,
  wire: 'adms',
  config: admsConfigSchema,
  example: { listen: '192.168.1.10:8081', serial: 'BRM9203460118' },
  address: ({ serial }) => `push:${serial}`,
  commands: ['read-log', 'restart'],
  run,
});

async function run(config: AdmsConfig, hall: Hall<FingerprintClock>): Promise<void> {
  const { listen, serial } = config;
  const clock = pushClock(config, hall);
  hall.serve(commandHandlers(config, hall, clock));
  const server = hall.share(`push ${listen}`, () =>
    openPushServer({ listen, log: hall.log, clock: hall.clock, limits: HTTP_LIMITS }),
  );
  const leave = server.join(serial, clock);
  await aborted(hall.signal);
  leave();
  clock.stop();
}

function commandHandlers(
  config: AdmsConfig,
  hall: Hall<FingerprintClock>,
  clock: PushClock,
): CommandHandlers<FingerprintClock> {
  return {
    restart: async (_input, signal) => {
      await clock.commands.send(COMMAND_TEXT.restart(), signal);
      return {};
    },
    'read-log': ({ from }, signal) => readLog(from, signal, { config, hall, clock }),
  };
}

interface Reading {
  config: AdmsConfig;
  hall: Hall<FingerprintClock>;
  clock: PushClock;
}

/**
 * Asks for the log. The punches come as ordinary uploads, before or after the clock confirms the command, and nothing says
 * which is the last: the log is read when the clock has confirmed and then sent none for a while.
 */
async function readLog(from: string | undefined, signal: AbortSignal, { config, hall, clock }: Reading) {
  const settleMs = config.logSettleSeconds * 1_000;
  let read = 0;
  let fresh = 0;
  let lastMs: number;
  const forget = clock.onPunch((deviceTime, isFresh) => {
    lastMs = hall.clock.monotonicMs();
    if (from !== undefined && deviceTime < from) return;
    read += 1;
    fresh += isFresh ? 1 : 0;
  });
  try {
    await clock.commands.send(COMMAND_TEXT.readLog(from), signal);
    lastMs = hall.clock.monotonicMs();
    for (let leftMs = settleMs; leftMs > 0; leftMs = lastMs + settleMs - hall.clock.monotonicMs()) {
      await sleep(leftMs, signal);
    }
    return { read, fresh };
  } finally {
    forget();
  }
}
