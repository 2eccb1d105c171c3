/**
 * The demo as one thing: people live in the standing hall, truth is held against what arrives, and the end is judged.
 */
import { join } from 'node:path';
import type { ReceivedEvent } from '../central/envelope-check.ts';
import type { Verdict } from '../central/verdict.ts';
import { seededRandom } from '../kit/random.ts';
import { until } from '../kit/until.ts';
import type { DemoOptions } from './demo-options.ts';
import { demoPorts, GATEWAY_STOP_MS, LOG_FILE, setStage, type Stage, type StageHooks } from './demo-stage.ts';
import { demoTexts, truthText } from './demo-texts.ts';
import { demoView } from './demo-view.ts';
import { takenPort } from './free-ports.ts';
import type { ScreenView } from './screen.ts';
import type { Language } from './screen-texts.ts';
import { tally, type Tally } from './tally.ts';
import { troubles, type Troubles } from './troubles.ts';
import { callIdentity, evaluationIdentity, liveVisits, punchIdentity } from './visits.ts';

export interface DemoEnd {
  /** Every record arrived, once, in order, and none was invented. */
  ok: boolean;
  verdict: Verdict;
  truthText: string;
}

export interface Demo {
  troubles: Troubles;
  view(): ScreenView;
  /** Waits for the last records, stops everything in order, and judges. */
  stop(): Promise<DemoEnd>;
}

export interface DemoHooks {
  /** The gateway ended by itself; `why` says so in words. Also called before `startDemo` resolves. */
  onGatewayEnd(why: string): void;
  /** Ends the waiting for a gateway that is not up yet. */
  signal: AbortSignal;
}

const LAST_EVENTS_MS = 30_000;

/** Starts everything, or says why it cannot; then nothing is left running. */
export async function startDemo(
  options: DemoOptions,
  program: string,
  hooks: DemoHooks,
): Promise<Demo | { refusal: string }> {
  const texts = demoTexts(options.language);
  const taken = await takenPort(Object.values(demoPorts(options.portBase)) as number[]);
  if (taken !== undefined) return { refusal: texts.portTaken(taken) };
  const startedMs = Date.now();
  const book = tally();
  let newestAtCentre = 0;
  let ended: string | undefined;
  const stageHooks: StageHooks = {
    signal: hooks.signal,
    onGatewayEnd(lastWords) {
      ended = texts.gatewayEnded(lastWords, join(options.directory, LOG_FILE));
      hooks.onGatewayEnd(ended);
    },
    onEvent(event) {
      newestAtCentre = Math.max(newestAtCentre, event.sequence);
      enter(book, event, startedMs);
    },
  };
  const stage = await setStage(options, program, stageHooks).catch((thrown: unknown) => {
    if (hooks.signal.aborted || ended !== undefined) return undefined;
    throw thrown;
  });
  if (stage === undefined) return { refusal: ended ?? texts.stoppedAtOnce };
  const trouble = troubles(stage.centre, () => stage.gateway);
  const evening = new AbortController();
  const { hall, windows, programme } = stage;
  const people = { hall, windows, programme, tally: book, perMinute: options.perMinute, signal: evening.signal };
  const visits = liveVisits({ ...people, random: seededRandom(options.seed) });
  return {
    troubles: trouble,
    view: demoView({ stage, options, trouble, tally: book, startedMs, newestAtCentre: () => newestAtCentre }),
    async stop() {
      evening.abort();
      await visits;
      await trouble.mend();
      return takeDown(stage, book, options.language);
    },
  };
}

/** Waits for the last event, stops the gateway, then the centre, and pronounces. */
async function takeDown(stage: Stage, book: Tally, language: Language): Promise<DemoEnd> {
  const { programme, local, gateway, consumer, centre, hall } = stage;
  const complete = () => book.missing().length === 0;
  const settled = () => complete() || gateway.failed;
  await until('the last event is with the centre', settled, LAST_EVENTS_MS).catch(() => undefined);
  await Promise.all([programme.close(), local.close()]);
  await gateway.stop(GATEWAY_STOP_MS);
  const verdict = consumer.verdict();
  await consumer.close();
  await Promise.all([centre.close(), hall.close()]);
  const ok = verdict.ok && complete() && book.invented().length === 0 && !gateway.failed;
  return { ok, verdict, truthText: truthText(book, language) };
}

/** Holds an arrival against what people did; events of an earlier run are not of this truth. */
function enter(book: Tally, { source, type, data, time }: ReceivedEvent, startedMs: number): void {
  const device = source.slice(source.lastIndexOf('/') + 1);
  const earlier = Date.parse(time) < startedMs - 1_000;
  if (earlier) return;
  if (type === 'hall.caller.key-pressed.v1') book.arrived(callIdentity(device));
  if (type === 'hall.evaluation.submitted.v1') book.arrived(evaluationIdentity(device, Number(data['level'])));
  if (type === 'hall.attendance.punched.v1') {
    book.arrived(punchIdentity(device, String(data['userId']), String(data['deviceTime'])));
  }
}
