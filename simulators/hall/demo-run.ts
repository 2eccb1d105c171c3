/**
 * The demo as one thing: people live in the standing hall, truth is held against what arrives, and the end is judged.
 */
import type { ReceivedEvent } from '../central/envelope-check.ts';
import type { Verdict } from '../central/verdict.ts';
import { seededRandom } from '../kit/random.ts';
import { until } from '../kit/until.ts';
import type { DemoOptions } from './demo-options.ts';
import { demoPorts, setStage, type Stage } from './demo-stage.ts';
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
  stop(): Promise<DemoEnd>;
}

const GATEWAY_STOP_MS = 20_000;
const LAST_EVENTS_MS = 30_000;

/** Starts everything, or says in one sentence why it cannot. */
export async function startDemo(
  options: DemoOptions,
  program: string,
  onGatewayEnd: (why: Error) => void,
): Promise<Demo | { refusal: string }> {
  const taken = await takenPort(Object.values(demoPorts(options.portBase)) as number[]);
  if (taken !== undefined) return { refusal: portText(taken, options.language) };
  const startedMs = Date.now();
  const book = tally();
  let newestAtCentre = 0;
  const stage = await setStage(options, program, {
    onGatewayEnd,
    onEvent(event) {
      newestAtCentre = Math.max(newestAtCentre, event.sequence);
      enter(book, event, startedMs);
    },
  });
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
  await until('the last event is with the centre', complete, LAST_EVENTS_MS).catch(() => undefined);
  await Promise.all([programme.close(), local.close()]);
  await gateway.stop(GATEWAY_STOP_MS);
  const verdict = consumer.verdict();
  await consumer.close();
  await Promise.all([centre.close(), hall.close()]);
  const ok = verdict.ok && complete() && book.invented().length === 0;
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

function portText(port: number, language: Language): string {
  return language === 'zh'
    ? `端口 ${port} 已被其他程序占用。请换一组端口：npm start -- --port-base ${port + 1_000}`
    : `Port ${port} is taken by another program. Choose other ports: npm start -- --port-base ${port + 1_000}`;
}

function truthText(book: Tally, language: Language): string {
  const { made, arrived } = book.counts();
  const [missing, invented] = [book.missing(), book.invented()];
  const lines =
    language === 'zh'
      ? [`真实发生 ${made} 件，中心收到 ${arrived} 件，缺 ${missing.length}，多 ${invented.length}`]
      : [`truth: ${made} things happened, ${arrived} arrived, ${missing.length} missing, ${invented.length} invented`];
  return [...lines, ...missing.map((one) => `  - ${one}`), ...invented.map((one) => `  + ${one}`)].join('\n');
}
