/**
 * What the demo's screen shows right now.
 */
import type { DemoOptions } from './demo-options.ts';
import { demoPorts, type Stage } from './demo-stage.ts';
import type { ScreenView } from './screen.ts';
import type { Troubles } from './troubles.ts';

export interface ViewSources {
  stage: Stage;
  options: DemoOptions;
  trouble: Troubles;
  startedMs: number;
  /** Milliseconds after midnight in the hall. */
  dayMs(): number;
}

/** Judging walks through everything seen, so it is done ever more rarely the longer it takes. */
const JUDGE_EVERY_MS = { min: 400, timesItsDuration: 20 };
const CATCHING_UP_FROM = 20;

export function demoView(sources: ViewSources): () => ScreenView {
  const { stage, options, trouble, startedMs } = sources;
  const judge = judgeNowAndThen(stage);
  return () => {
    const head = Math.max(stage.local.head(), stage.book.newest());
    const waiting = head - stage.book.newest();
    const notice = trouble.notice(options.language);
    return {
      language: options.language,
      version: process.env['npm_package_version'] ?? '',
      uptimeMs: Date.now() - startedMs,
      devices: stage.local.devices(),
      waiting,
      head,
      link: linkOf(stage, trouble, waiting),
      centre: judge(),
      hallTime: { text: timeOfDay(sources.dayMs()), speed: options.speed },
      truth: soFar(stage.book.counts()),
      newest: stage.local.newest(),
      addresses: addressesOf(options),
      pulledForSeconds: options.pullUplinkForSeconds,
      ...(notice !== undefined && { notice }),
    };
  };
}

/** A device may tell what happened a moment after the centre has it; that is not one too many. */
function soFar({ made, arrived }: ScreenView['truth']): ScreenView['truth'] {
  return { made: Math.max(made, arrived), arrived };
}

function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

function linkOf({ gateway }: Stage, trouble: Troubles, waiting: number): string {
  if (!gateway.running) return 'killed';
  if (trouble.uplinkPulled) return 'down';
  return waiting > CATCHING_UP_FROM ? 'catching-up' : 'up';
}

function judgeNowAndThen({ consumer }: Stage): () => ScreenView['centre'] {
  let nextMs = -Infinity;
  let counts: ScreenView['centre'] = { events: 0, gaps: 0, repeats: 0, disorder: 0 };
  return () => {
    const beganMs = performance.now();
    if (beganMs < nextMs) return counts;
    const { events, gaps, repeats, disorder, latencyMs } = consumer.verdict();
    const latency = events > 0 && { p50Ms: latencyMs.p50, p99Ms: latencyMs.p99 };
    counts = { events, gaps: gaps.length, repeats, disorder, ...latency };
    const tookMs = performance.now() - beganMs;
    nextMs = beganMs + Math.max(JUDGE_EVERY_MS.min, tookMs * JUDGE_EVERY_MS.timesItsDuration);
    return counts;
  };
}

function addressesOf({ portBase, directory, language }: DemoOptions): ScreenView['addresses'] {
  const { centre, broker, websocket, api } = demoPorts(portBase);
  const zh = language === 'zh';
  return [
    { what: zh ? '动手试（网页）' : 'your hands (page)', address: `http://127.0.0.1:${api}` },
    {
      what: zh ? '大厅 MQTT' : 'hall MQTT',
      address: `mqtt://127.0.0.1:${broker}`,
      example: `mosquitto_sub -p ${broker} -t 'hall/v1/#' -v`,
    },
    {
      what: zh ? '中心 MQTT' : 'centre MQTT',
      address: `mqtt://127.0.0.1:${centre}`,
      example: `mosquitto_sub -p ${centre} -t '#' -v`,
    },
    { what: zh ? '配置、日志、记录' : 'settings and log', address: directory },
    { what: zh ? '大厅 WebSocket' : 'hall WebSocket', address: `ws://127.0.0.1:${websocket}` },
  ];
}
