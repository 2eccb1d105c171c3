/**
 * A device that speaks MQTT itself, as its driver sees it. The driver gives listeners for what the device says; hello,
 * heartbeat, goodbye and answers are heard here. Messages are taken one after the other, each is acknowledged (PUBACK) when
 * its listener is done, and each that is recorded or refused gets a receipt on `down/receipt`.
 */
import { randomUUID } from 'node:crypto';
import type { Hall } from '../../gateway/kernel/driver.ts';
import { errorRow } from '../../gateway/kernel/error-table.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { inTurn } from '../../gateway/kernel/in-turn.ts';
import type { JsonObject } from '../../gateway/kernel/json.ts';
import { answerSchema, asking, type Answer } from './asking.ts';
import {
  CONTRACT_VERSION,
  listener,
  messageId,
  NOTED,
  readMessage,
  refused,
  type Listener,
  type Outcome,
} from './message.ts';
import { devicePresence, goodbyeSchema, heartbeatSchema, helloSchema } from './presence.ts';

export interface MqttDeviceOptions {
  hall: Pick<Hall, 'device' | 'signal' | 'log' | 'clock' | 'online' | 'silent' | 'offline' | 'onMessage' | 'say'>;
  /** By name of the message; these are heard in turn, each after the one before it is done. */
  listeners: Record<string, Listener>;
  /** Looks at every message before anybody else; a reason refuses it. */
  guard?: (message: JsonObject) => HallError | undefined;
  silentAfterMs: number;
  /** Called when the device came or went. */
  onPresence?: (connected: boolean) => void;
}

export interface AskOptions {
  deadlineMs: number;
  signal: AbortSignal;
  /** Keep it for a device that loads its program anew. */
  retain?: boolean;
  /** What the answer will repeat; a fresh one when absent. */
  ref?: string;
}

export interface MqttDevice {
  readonly connected: boolean;
  /** Says `{v, ref, ...body}` on `down/{name}` and waits for the answer; throws as `Asking.ask` does. */
  ask(name: string, body: JsonObject, options: AskOptions): Promise<Answer>;
  /** Takes a message of the device for the answer to `ref`: it shows that the question was understood. */
  takeAsAnswer(ref: string): void;
  /** Says something that needs no answer; `undefined` takes back what was retained. */
  tell(name: string, body: JsonObject | undefined, options?: { retain?: boolean }): Promise<void>;
  stop(): void;
}

/**
 * More than the broker lets one connection have under way; a device that connects again and again while the disk refuses
 * gets no acknowledgement beyond this, and says its messages later.
 */
const MESSAGES_WAITING_MAX = 256;

/** Listens from now on, and asks who is there: a device that was connected before the driver ran says hello again. */
export function openMqttDevice(options: MqttDeviceOptions): MqttDevice {
  const { hall, listeners, guard } = options;
  const questions = asking();
  const alone = inTurn(MESSAGES_WAITING_MAX, () => overrun(hall.device));
  const refusals = refusalLog(hall.log);
  const presence = devicePresence({ ...options, onChange: (connected) => options.onPresence?.(connected) });

  const atOnce: Record<string, Listener> = {
    hello: listener(helloSchema, (hello) => {
      presence.hello(hello);
      return NOTED;
    }),
    heartbeat: listener(heartbeatSchema, () => NOTED),
    goodbye: listener(goodbyeSchema, ({ session }) => {
      presence.goodbye(session);
      return NOTED;
    }),
    answer: listener(answerSchema, (answer) => {
      questions.answered(answer);
      return NOTED;
    }),
  };
  const tell: MqttDevice['tell'] = (name, body, { retain = false } = {}) =>
    hall.say(`down/${name}`, body ? { v: CONTRACT_VERSION, ...body } : '', { retain });

  const outcomeOf = (name: string, message: JsonObject): Promise<Outcome> | Outcome => {
    const reason = guard?.(message);
    if (reason) return { result: 'refused', reason };
    if (name !== 'goodbye') presence.heard();
    const immediate = own(atOnce, name);
    if (immediate) return immediate(message);
    const hear = own(listeners, name);
    return hear ? alone(() => hear(message)) : refused('mqtt-device.message-unknown');
  };
  hall.onMessage(async (rest, payload) => {
    hall.signal.throwIfAborted();
    const name = rest.startsWith('up/') ? rest.slice(3) : '';
    const read = readMessage(payload);
    const outcome: Outcome = 'reason' in read ? { result: 'refused', ...read } : await outcomeOf(name, read.message);
    refusals.note(name, outcome);
    if (outcome.result === 'noted') return;
    await tell('receipt', receipt(name, 'message' in read ? read.message['id'] : undefined, outcome));
  });
  void tell('who', {}).catch((thrown: unknown) => hall.log.debug('device.not-asked', { why: String(thrown) }));

  return {
    get connected() {
      return presence.connected;
    },
    ask(name, body, { deadlineMs, signal, retain = false, ref = randomUUID() }) {
      const send = () => tell(name, { ref, ...body }, { retain });
      return questions.ask({ ref, name, deadlineMs, signal, send });
    },
    takeAsAnswer: (ref) => questions.answered({ ref, ok: true }),
    tell,
    stop: () => presence.stop(),
  };
}

/** What the device is told of its message; the texts are those of `docs/errors.md`. */
function receipt(name: string, id: unknown, outcome: Outcome): JsonObject {
  const known = messageId.safeParse(id);
  const of = { message: name.slice(0, 64), ...(known.success && { id: known.data }), result: outcome.result };
  if (outcome.result !== 'refused') return of;
  const { code, message } = outcome.reason;
  return { ...of, code, why: message, text: { en: errorRow(code).en.what, zh: errorRow(code).zh.what } };
}

/** One refusal after the other for the same reason is one line. */
function refusalLog(log: Hall['log']): { note(name: string, outcome: Outcome): void } {
  let last: string | undefined;
  return {
    note(name, outcome) {
      const code = outcome.result === 'refused' ? outcome.reason.code : undefined;
      if (code !== undefined && code !== last) log.warn('message.refused', { name: name.slice(0, 64), code });
      if (code !== undefined || outcome.result !== 'noted') last = code;
    },
  };
}

function overrun(device: string): HallError {
  return new HallError('device.overrun', {
    message: `${MESSAGES_WAITING_MAX} messages of the device wait to be recorded already.`,
    facts: { device, waitingMax: MESSAGES_WAITING_MAX },
  });
}

function own(table: Record<string, Listener>, name: string): Listener | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
