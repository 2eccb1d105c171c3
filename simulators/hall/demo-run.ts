/**
 * The demo as one thing: people live in the standing hall, truth is held against what arrives, and the end is judged.
 */
import { join } from 'node:path';
import { liveDays } from './demo-days.ts';
import { takeDown, type DemoEnd } from './demo-end.ts';
import type { DemoOptions } from './demo-options.ts';
import { demoPorts, LOG_FILE, setStage } from './demo-stage.ts';
import { demoTexts } from './demo-texts.ts';
import { demoView } from './demo-view.ts';
import { takenPort } from './free-ports.ts';
import type { ScreenView } from './screen.ts';
import { troubles, type Troubles } from './troubles.ts';

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
  let ended: string | undefined;
  const onGatewayEnd = (lastWords: string) => {
    ended = texts.gatewayEnded(lastWords, join(options.directory, LOG_FILE));
    hooks.onGatewayEnd(ended);
  };
  const { signal } = hooks;
  const stage = await setStage(options, program, { signal, onGatewayEnd }).catch((thrown: unknown) => {
    if (signal.aborted || ended !== undefined) return undefined;
    throw thrown;
  });
  if (stage === undefined) return { refusal: ended ?? texts.stoppedAtOnce };
  const trouble = troubles(stage.centre, () => stage.gateway);
  const evening = new AbortController();
  const { file, devices, programme } = stage;
  const { speed, seed, visitsPerDay } = options;
  const days = liveDays({
    ...{ file, devices, programme, speed, seed, visitsPerDay, signal: evening.signal },
    ...(options.faults && { faults: {} }),
  });
  return {
    troubles: trouble,
    view: demoView({ stage, options, trouble, startedMs, dayMs: () => days.nowMs() }),
    async stop() {
      evening.abort();
      await days.over;
      await trouble.mend();
      return takeDown(stage);
    },
  };
}
