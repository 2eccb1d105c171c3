/**
 * Callers and evaluators on an RS-485 bus (frames: `rs485-codec.ts`; repetitions: `rs485-memory.ts`; the bus: `rs485-bus.ts`).
 *
 * Promises: an event is on disk before its key is acknowledged; a press is one event however often its frame comes; a
 * time-out is "not rated". Devices speak only when a key is pressed, so until then the driver says `silent`, which is no fault.
 */
import { z } from 'zod';
import { defineDriver, type CommandHandlers, type Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { nameSchema } from '../../gateway/kernel/names.ts';
import { aborted } from '../../gateway/kernel/waiting.ts';
import { keyedEvaluationSettings } from './evaluation-settings.ts';
import { evaluations, type Evaluations } from './evaluations.ts';
import { evaluator, levelSchema, type Evaluator } from './kind.ts';
import { openNotebook } from './notebook.ts';
import { openEvaluatorBus, type BusMember, type EvaluatorBus } from './rs485-bus.ts';
import { beepFrame, starsFrame, startEvaluationFrame, ticketFrame, waitingFrame, type Frame } from './rs485-codec.ts';
import { KEY_MAPS, levelsOf } from './rs485-keys.ts';
import { MEMORY_CURSOR, memoryFrom } from './rs485-memory.ts';
import { presses } from './rs485-presses.ts';

const keyByte = z.string().regex(/^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/, 'use the key byte as a number, 0 to 255');

const config = z.strictObject({
  line: nameSchema.describe('name of the RS-485 line under `lines`'),
  address: z.int().min(1).max(254).describe('address of the device on that line, set at the device'),
  keys: z
    .enum(['four-key', 'five-key'])
    .default('four-key')
    .describe('four-key: 0 不满意, 1 not rated, 2 满意, 3 非常满意; five-key: the key byte is the level 1 to 5'),
  keyMap: z
    .record(keyByte, z.union([levelSchema, z.literal('unrated')]))
    .optional()
    .describe('key byte -> level 1 to 5, or unrated; replaces `keys`'),
  ...keyedEvaluationSettings,
  repeatWindowMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(3_000)
    .describe('the same frame again within this time is a repetition'),
  unansweredWindowMs: z
    .int()
    .min(1_000)
    .max(3_600_000)
    .default(60_000)
    .describe('the same, for a frame that was never acknowledged'),
  silentAfterMs: z
    .int()
    .min(0)
    .max(604_800_000)
    .default(0)
    .describe('reported as silent when no key was pressed for this long; 0: never (devices speak only when used)'),
  turnaroundMs: z.int().min(0).max(200).default(5).describe('silence on the bus before the gateway speaks'),
});

type Config = z.output<typeof config>;

export const rs485 = defineDriver({
  kind: evaluator,
  wire: 'rs485',
  config,
  example: { line: 'bus-a', address: 5, keys: 'four-key' },
  address: ({ line, address }) => `${line}#${address}`,
  commands: ['show-ticket', 'show-waiting', 'show-stars', 'beep', 'start-evaluation'],
  async run(settings, hall) {
    const notebook = await openNotebook(hall, MEMORY_CURSOR, memoryFrom);
    if (hall.signal.aborted) return;
    const { line, address, keyMap, keys: preset, sameEvaluationMs } = settings;
    const keys = keyMap ?? KEY_MAPS[preset];
    const bus = hall.share(`rs485:${line}`, () => openEvaluatorBus(hall.line(line), hall.log.child({ bus: line })));
    const display = shownState(hall, () => notebook.memory.evaluation !== undefined);
    const session = evaluations({
      hall,
      notebook,
      levelsOffered: levelsOf(keys),
      sameEvaluationMs,
      onChange: () => display.show({}),
    });
    const keypad = presses({
      hall,
      notebook,
      evaluations: session,
      keys,
      windows: settings,
      acknowledge: (frame) => bus.say(frame, { lane: 'acknowledgement', turnaroundMs: settings.turnaroundMs }),
      onLevel: (lastLevel) => display.show({ lastLevel }),
    });
    const presence = presenceOf(settings, hall);
    display.show({});
    session.resume();
    hall.serve(commands(settings, bus, session, display));
    const leave = bus.join(address, {
      ...presence.member,
      onUp() {
        keypad.listening();
        presence.member.onUp();
      },
      onFrame(frame) {
        presence.heard();
        keypad.hear(frame);
      },
    });
    await aborted(hall.signal);
    leave();
    session.stop();
    presence.stop();
  },
});

type Shown = Omit<Parameters<Hall<Evaluator>['state']>[0], 'window' | 'evaluating'>;

/** The newest truth about the device, told whenever a part of it changes. */
function shownState(hall: Hall<Evaluator>, evaluating: () => boolean): { show(changes: Shown): void } {
  let shown: Shown = {};
  return {
    show(changes) {
      shown = { ...shown, ...changes };
      const window = hall.window === undefined ? {} : { window: hall.window };
      if (!hall.signal.aborted) hall.state({ ...window, ...shown, evaluating: evaluating() });
    },
  };
}

/** Carries out the commands. The wire confirms none of them: "done" means that the frame was on the wire. */
function commands(
  { address, turnaroundMs, evaluationTimeoutSeconds }: Config,
  bus: EvaluatorBus,
  session: Evaluations,
  display: { show(changes: Shown): void },
): CommandHandlers<Evaluator> {
  const say = (frame: Frame) => bus.say(frame, { lane: 'command', turnaroundMs });
  return {
    async 'show-ticket'({ ticketNumber }) {
      const digits = /\d{1,3}$/.exec(ticketNumber)?.[0];
      if (digits === undefined) throw notShowable(ticketNumber);
      await say(ticketFrame(address, digits));
      display.show({ currentTicket: digits });
      return { shown: digits };
    },
    async 'show-waiting'({ count }) {
      await say(waitingFrame(address, count));
      display.show({ waitingCount: count });
      return {};
    },
    async 'show-stars'({ level }) {
      await say(starsFrame(address, level));
      display.show({ stars: level });
      return {};
    },
    async beep() {
      await say(beepFrame(address));
      return {};
    },
    async 'start-evaluation'({ ticketNumber, visitId, timeoutSeconds = evaluationTimeoutSeconds }) {
      await session.begin({ ticketNumber, visitId }, timeoutSeconds, () => say(startEvaluationFrame(address)));
      return { timeoutSeconds };
    },
  };
}

/** Online when heard, offline with its bus, silent in between. */
function presenceOf(
  { line, address, silentAfterMs }: Config,
  hall: Hall<Evaluator>,
): { heard(): void; member: Omit<BusMember, 'onFrame'>; stop(): void } {
  let online = false;
  let timer: NodeJS.Timeout | undefined;
  const fallSilent = (message: string) => {
    online = false;
    hall.silent(new HallError('evaluator.not-heard', { message, facts: { line, address } }));
  };
  return {
    heard() {
      if (!online) hall.online({ address: `${line}#${address}` });
      online = true;
      if (silentAfterMs === 0) return;
      clearTimeout(timer);
      timer = setTimeout(
        () => fallSilent(`No key came from ${line}#${address} for ${silentAfterMs} ms.`),
        silentAfterMs,
      );
    },
    member: {
      onUp: () => fallSilent(`${line}#${address} has not been heard since the line was opened.`),
      onDown(reason) {
        online = false;
        clearTimeout(timer);
        hall.offline(reason);
      },
    },
    stop: () => clearTimeout(timer),
  };
}

function notShowable(ticketNumber: string): HallError {
  return new HallError('evaluator.ticket-not-showable', {
    message: `The ticket "${ticketNumber}" does not end with a digit; the display shows digits only.`,
    facts: { ticketNumber },
  });
}
