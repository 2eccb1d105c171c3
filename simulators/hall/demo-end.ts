/**
 * The end of the demo: the last events, the end of everything, and the judgement.
 */
import type { Consumer } from '../central/consumer.ts';
import type { Verdict } from '../central/verdict.ts';
import { until } from '../kit/until.ts';
import type { TruthReport } from './compare.ts';
import type { DemoBook } from './demo-book.ts';
import { GATEWAY_STOP_MS } from './demo-stage.ts';
import type { GatewayProcess } from './gateway-process.ts';

export interface DemoEnd {
  /** Every record arrived, once, in order, and none was invented. */
  ok: boolean;
  verdict: Verdict;
  truth: TruthReport;
}

/** What the judgement needs of the stage. */
export interface EndingStage {
  book: Pick<DemoBook, 'report'>;
  gateway: Pick<GatewayProcess, 'failed' | 'stop'>;
  consumer: Pick<Consumer, 'verdict'>;
  close: () => Promise<void>;
}

const LAST_EVENTS_MS = 30_000;

/** Waits for the last event, stops the gateway, then the rest, and pronounces. */
export async function takeDown({ book, gateway, consumer, close }: EndingStage): Promise<DemoEnd> {
  const settled = () => book.report().ok || gateway.failed;
  await until('the last event is with the centre', settled, LAST_EVENTS_MS).catch(() => undefined);
  await gateway.stop(GATEWAY_STOP_MS);
  const verdict = consumer.verdict();
  await close();
  // Not before: a device that is closed says what it still held in doubt.
  const truth = book.report();
  return { ok: verdict.ok && truth.ok && !gateway.failed, verdict, truth };
}
