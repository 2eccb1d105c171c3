/**
 * Kiosks that speak MQTT themselves to the gateway's own broker (messages: `mqtt-messages.ts`).
 *
 * Promises: what the kiosk says is on disk before its PUBACK, once however often it is said (the kiosk's own message id and its
 * words are the natural key); a message with a full ID-card number is refused, and neither stored nor logged; `done` means that the
 * kiosk said so.
 */
import { z } from 'zod';
import { holdsIdentityNumber } from '../../firmware-bridge/mqtt-device/identity-number.ts';
import { listener, NOTED, type Listener, type Outcome } from '../../firmware-bridge/mqtt-device/message.ts';
import { openMqttDevice, type MqttDevice } from '../../firmware-bridge/mqtt-device/mqtt-device.ts';
import { defineDriver, type CommandHandlers, type Hall } from '../../gateway/kernel/driver.ts';
import { HallError } from '../../gateway/kernel/errors.ts';
import { firstIssue } from '../../gateway/kernel/issue.ts';
import type { JsonObject } from '../../gateway/kernel/json.ts';
import { aborted } from '../../gateway/kernel/waiting.ts';
import { ticketDispenser, type TicketDispenser } from './kind.ts';
import { openKiosk, type Kiosk } from './kiosk.ts';
import {
  cardReadSchema,
  printAnswerSchema,
  printFailedSchema,
  reprintAnswerSchema,
  statusSchema,
  ticketPrintedSchema,
  ticketReprintedSchema,
  ticketRequestedSchema,
} from './mqtt-messages.ts';
import { hallTime, issuedNow } from './ticket-time.ts';

/** Shorter than the commands' own deadlines, so that the hint of the real reason arrives. */
const ANSWER_MS = 4_000;

const config = z.strictObject({
  silentAfterSeconds: z
    .int()
    .min(2)
    .max(3_600)
    .default(90)
    .describe('reported as silent when nothing was heard for this long; the kiosk says a heartbeat every 30 s'),
  printSeconds: z
    .int()
    .min(2)
    .max(55)
    .default(30)
    .describe('how long the kiosk may take to answer that a ticket was printed'),
});

type Config = z.output<typeof config>;

export const mqtt = defineDriver({
  kind: ticketDispenser,
  wire: 'mqtt',
  config,
  example: { printSeconds: 30 },
  address: (_config, device) => `device/${device}`,
  commands: ['print-ticket', 'reprint', 'enable', 'disable', 'show-business'],
  async run(settings, hall) {
    const kiosk = await openKiosk(hall);
    if (hall.signal.aborted) return;
    const device = openMqttDevice({
      hall,
      listeners: listeners(hall, kiosk),
      guard: guardOf(hall),
      silentAfterMs: settings.silentAfterSeconds * 1_000,
    });
    tellState(hall, device, kiosk);
    hall.serve(commands(settings, hall, device, kiosk));
    await aborted(hall.signal);
    device.stop();
  },
});

function guardOf({ clock }: Hall<TicketDispenser>): (message: JsonObject) => HallError | undefined {
  return (message) => {
    const nowMs = clock.synced() ? clock.now() : undefined;
    return holdsIdentityNumber(message, nowMs) ? new HallError('mqtt-device.identity-number') : undefined;
  };
}

/** Everything that a kiosk says of its trade. */
function listeners(hall: Hall<TicketDispenser>, kiosk: Kiosk): Record<string, Listener> {
  const record = async (type: string, { id, at, ...said }: Happening): Promise<Outcome> => {
    const data = z.record(z.string(), z.json()).parse(said);
    const deviceTime = at === undefined ? {} : { deviceTimeMs: Date.parse(at) };
    // A kiosk may count from 1 again after it was switched off: only the same id with the same words is a repetition.
    const naturalKey = `${type}:${id}:${JSON.stringify({ at, ...data })}`;
    const [recorded] = await hall.record([{ type, data, naturalKey, ...deviceTime }]);
    return { result: recorded?.repeated ? 'repeated' : 'recorded' };
  };
  return {
    status: listener(statusSchema, (parts) => {
      kiosk.show(parts);
      return NOTED;
    }),
    'ticket-requested': listener(ticketRequestedSchema, (said) => record('ticket.requested', said)),
    'ticket-printed': listener(ticketPrintedSchema, async (said) => {
      const outcome = await record('ticket.printed', said);
      const { ticketNumber, issuedAt } = said;
      if (outcome.result === 'recorded') kiosk.show({ lastTicket: { ticketNumber, issuedAt } });
      return outcome;
    }),
    'ticket-reprinted': listener(ticketReprintedSchema, (said) => record('ticket.reprinted', said)),
    'print-failed': listener(printFailedSchema, (said) => record('ticket.print-failed', said)),
    'card-read': listener(cardReadSchema, (said) => record('card.read', said)),
  };
}

interface Happening {
  id: string;
  at?: string | undefined;
}

/** Carries out the commands; `done` when the kiosk has answered that it did what was asked. */
function commands(
  { printSeconds }: Config,
  hall: Hall<TicketDispenser>,
  device: MqttDevice,
  kiosk: Kiosk,
): CommandHandlers<TicketDispenser> {
  const time = hallTime(hall.timeZone);
  const deadlineMs = printSeconds * 1_000;
  const set = async (
    name: string,
    body: JsonObject,
    changes: Parameters<Kiosk['remember']>[0],
    signal: AbortSignal,
  ) => {
    await device.ask(name, body, { deadlineMs: ANSWER_MS, signal });
    await kiosk.remember(changes);
    tellState(hall, device, kiosk);
    return {};
  };
  return {
    async 'print-ticket'({ issuedAt = issuedNow(hall.clock, time), ...content }, signal) {
      const body = jsonOf({ issuedAt, ...content });
      const { data = {} } = await device.ask('print-ticket', body, { deadlineMs, signal });
      const { printed } = answerOf(printAnswerSchema, data);
      return { ticketNumber: content.ticketNumber, issuedAt, printed };
    },
    async reprint({ ticketNumber }, signal) {
      const { data = {} } = await device.ask('reprint', { ticketNumber }, { deadlineMs, signal });
      return { ticketNumber, ...answerOf(reprintAnswerSchema, data) };
    },
    enable: (_input, signal) => set('enable', {}, { enabled: true }, signal),
    disable: (_input, signal) => set('disable', {}, { enabled: false }, signal),
    'show-business': ({ businesses }, signal) => set('show-business', jsonOf({ businesses }), { businesses }, signal),
  };
}

/** Retained, for a kiosk that was switched off and on; the broker forgets it when the gateway restarts. */
function tellState(hall: Hall<TicketDispenser>, device: MqttDevice, kiosk: Kiosk): void {
  const said = device.tell('state', jsonOf(kiosk.remembered()), { retain: true });
  said.catch((thrown: unknown) => hall.log.debug('state.not-said', { why: String(thrown) }));
}

function answerOf<Schema extends z.ZodType>(schema: Schema, data: unknown): z.output<Schema> {
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  throw new HallError('mqtt-device.message-invalid', {
    message: `The answer is incomplete: ${firstIssue(read.error)}`,
  });
}

/** As it goes over the wire: without the keys that are undefined. */
function jsonOf(value: object): JsonObject {
  return z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(value)));
}
