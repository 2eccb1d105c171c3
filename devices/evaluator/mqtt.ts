/**
 * Tablets that speak MQTT themselves, over TCP or WebSocket, to the gateway's own broker (messages: `mqtt-messages.ts`).
 *
 * Promises: a mark is on disk before its PUBACK and before its receipt; an evaluation has one outcome, however often and however
 * late the tablet speaks; a time-out is "not rated"; levels 1 and 2 carry a reason; `done` means that the tablet said so.
 */
import { z } from 'zod';
import { listener } from '../../firmware-bridge/mqtt-device/message.ts';
import { openMqttDevice, type MqttDevice } from '../../firmware-bridge/mqtt-device/mqtt-device.ts';
import { defineDriver, type CommandHandlers, type Hall } from '../../gateway/kernel/driver.ts';
import { aborted } from '../../gateway/kernel/waiting.ts';
import { evaluationTimeoutSeconds } from './evaluation-settings.ts';
import { evaluator, type Evaluator } from './kind.ts';
import { tabletEvaluations, type TabletEvaluations } from './mqtt-evaluations.ts';
import { TABLET_CURSOR, tabletMemoryFrom, type Display, type TabletMemory } from './mqtt-memory.ts';
import { closedSchema, reasonsSetting, shownSchema, submitSchema } from './mqtt-messages.ts';
import { openNotebook, type Notebook } from './notebook.ts';
import { present } from './occurrences.ts';

/** Shorter than the commands' own deadline, so that the hint of the real reason arrives. */
const ANSWER_MS = 4_000;

const config = z.strictObject({
  evaluationTimeoutSeconds,
  offlineGraceSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .describe('while the tablet is away, wait this much longer for a mark that it has taken in time'),
  silentAfterSeconds: z
    .int()
    .min(2)
    .max(3_600)
    .default(90)
    .describe('reported as silent when nothing was heard for this long; the tablet says a heartbeat every 30 s'),
  reasons: reasonsSetting,
});

export const mqtt = defineDriver({
  kind: evaluator,
  wire: 'mqtt',
  config,
  example: { evaluationTimeoutSeconds: 30 },
  address: (_config, device) => `device/${device}`,
  commands: [
    'show-ticket',
    'show-waiting',
    'show-stars',
    'beep',
    'start-evaluation',
    'cancel-evaluation',
    'pause',
    'resume',
  ],
  async run(settings, hall) {
    const notebook = await openNotebook(hall, TABLET_CURSOR, tabletMemoryFrom);
    if (hall.signal.aborted) return;
    const tablet = openMqttDevice({
      hall,
      silentAfterMs: settings.silentAfterSeconds * 1_000,
      onPresence: (connected) => session.presence(connected),
      listeners: {
        shown: listener(shownSchema, ({ evaluationId }) => session.shown(evaluationId)),
        submit: listener(submitSchema, (message) => session.submit(message)),
        closed: listener(closedSchema, (message) => session.closed(message)),
      },
    });
    const session = tabletEvaluations({
      hall,
      notebook,
      tablet,
      reasons: settings.reasons,
      graceMs: settings.offlineGraceSeconds * 1_000,
      answerMs: ANSWER_MS,
      onChange: () => tellState(hall, notebook.memory),
    });
    tellState(hall, notebook.memory);
    showAgain(tablet, hall, notebook.memory.display);
    session.resume();
    hall.serve(commands(hall, tablet, notebook, session, settings.evaluationTimeoutSeconds));
    await aborted(hall.signal);
    session.stop();
    tablet.stop();
  },
});

function tellState(hall: Hall<Evaluator>, { display, evaluation, lastLevel }: TabletMemory): void {
  if (hall.signal.aborted) return;
  const { ticketNumber, ...shown } = display;
  hall.state({
    ...(hall.window !== undefined && { window: hall.window }),
    ...(ticketNumber !== undefined && { currentTicket: ticketNumber }),
    ...shown,
    ...(lastLevel !== undefined && { lastLevel }),
    evaluating: evaluation?.shown ?? false,
  });
}

/** The broker forgets what it retained when the gateway restarts. */
function showAgain(tablet: MqttDevice, hall: Hall<Evaluator>, display: Display): void {
  const said = tablet.tell('display', present(display), { retain: true });
  said.catch((thrown: unknown) => hall.log.debug('display.not-said', { why: String(thrown) }));
}

/** Carries out the commands; `done` when the tablet has answered that it shows what was asked. */
function commands(
  hall: Hall<Evaluator>,
  tablet: MqttDevice,
  notebook: Notebook<TabletMemory>,
  session: TabletEvaluations,
  evaluationTimeoutSeconds: number,
): CommandHandlers<Evaluator> {
  const show = async (changes: Display, signal: AbortSignal) => {
    const before = notebook.memory.display;
    const display = { ...before, ...changes };
    try {
      await tablet.ask('display', present(display), { retain: true, deadlineMs: ANSWER_MS, signal });
    } catch (thrown) {
      // What failed must not appear later, when the tablet loads its program anew.
      showAgain(tablet, hall, before);
      throw thrown;
    }
    notebook.change({ display });
    tellState(hall, notebook.memory);
    await notebook.record([]);
    return {};
  };
  return {
    async 'show-ticket'({ ticketNumber }, signal) {
      await show({ ticketNumber }, signal);
      return { shown: ticketNumber };
    },
    'show-waiting': ({ count }, signal) => show({ waitingCount: count }, signal),
    'show-stars': ({ level }, signal) => show({ stars: level }, signal),
    pause: (_input, signal) => show({ paused: true }, signal),
    resume: (_input, signal) => show({ paused: false }, signal),
    async beep(_input, signal) {
      await tablet.ask('beep', {}, { deadlineMs: ANSWER_MS, signal });
      return {};
    },
    async 'start-evaluation'({ timeoutSeconds = evaluationTimeoutSeconds, ...visit }, signal) {
      await session.begin(visit, timeoutSeconds, signal);
      return { timeoutSeconds };
    },
    async 'cancel-evaluation'() {
      return { cancelled: await session.cancel() };
    },
  };
}
