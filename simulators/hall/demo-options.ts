/**
 * The demo's command line: `npm start -- --hall reference --kill-after 30`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { languageOf, type Language } from './screen-texts.ts';

export interface DemoOptions {
  language: Language;
  /** `small`: every wire once or twice; `reference`: 375 devices. */
  hall: 'small' | 'reference';
  /** The centre's broker, the local broker, MQTT over WebSocket and the hall's API listen here and on the next ports. */
  portBase: number;
  directory: string;
  /** Seconds after the start; absent: only by key. */
  pullUplinkAfterSeconds: number | undefined;
  pullUplinkForSeconds: number;
  killAfterSeconds: number | undefined;
  /** Stops by itself; absent: runs until Ctrl-C. */
  stopAfterSeconds: number | undefined;
  /** Simulated seconds a second. */
  speed: number;
  visitsPerDay: number;
  /** Cables are pulled, paper runs out, clocks drift, as the seed says. */
  faults: boolean;
  /** Where what truly happens is written, as JSON lines. */
  record: string | undefined;
  seed: number;
}

export const DEFAULT_PORT_BASE = 18_830;
/** Visits of a normal day: as many as the windows of the small hall can serve, and those of the reference hall. */
const VISITS = { small: 300, reference: 2_500 };
const DEFAULT_SPEED = 30;
const PULLED_SECONDS = 60;
/** Below .cache */
const FOLDERS = { small: 'demo', reference: 'demo-reference' };

const USAGE = {
  en: `npm start -- [options]
  --hall small|reference  which hall: every wire once or twice, or 375 devices (small)
  --speed N               simulated seconds a second, 1 to 1000 (${DEFAULT_SPEED})
  --visits-per-day N      people who come on a day (${VISITS.small}; reference ${VISITS.reference})
  --faults                pulled cables, empty paper, drifting clocks: a schedule that the seed makes
  --record FILE           write what truly happens at the devices, as JSON lines
  --pull-uplink-after S   pull the way to the centre S seconds after the start (key p does it by hand)
  --pull-uplink-for S     ... and keep it pulled for S seconds (60)
  --kill-after S          kill the gateway (SIGKILL) S seconds after the start (key k does it by hand)
  --stop-after S          stop by itself after S seconds; otherwise Ctrl-C stops in order
  --port-base P           the first of four neighbouring ports (${DEFAULT_PORT_BASE})
  --directory DIR         where settings, records and logs of the demo are kept (.cache/demo)
  --seed N                which day it is: the same seed, the same day (1)
  --lang zh|en            language of the screen`,
  zh: `npm start -- [选项]
  --hall small|reference  哪个大厅：小型（每种线路一两台），或参考大厅（375 台）（small）
  --speed 倍数             模拟时间比真实时间快多少倍，1 到 1000（${DEFAULT_SPEED}）
  --visits-per-day 人次    一天来多少人（${VISITS.small}；参考大厅 ${VISITS.reference}）
  --faults                拔线、缺纸、时钟走偏等故障，按种子安排
  --record 文件            把设备上真实发生的事逐行写成 JSON
  --pull-uplink-after 秒   启动若干秒后断开上行（也可随时按 p 键）
  --pull-uplink-for 秒     断开多久（60）
  --kill-after 秒          启动若干秒后强行杀死网关（也可随时按 k 键）
  --stop-after 秒          若干秒后自动停止；否则按 Ctrl-C 依次停止
  --port-base 端口         四个相邻端口中的第一个（${DEFAULT_PORT_BASE}）
  --directory 目录         演示用的配置、记录和日志放在哪里（.cache/demo）
  --seed 数                相同的数，相同的一天（1）
  --lang zh|en            界面语言`,
};

export type ParsedOptions = { kind: 'run'; options: DemoOptions } | { kind: 'say'; text: string; exitCode: number };

const NUMBERS = {
  'pull-uplink-after': { min: 0, max: 86_400 },
  'pull-uplink-for': { min: 1, max: 86_400 },
  'kill-after': { min: 0, max: 86_400 },
  'stop-after': { min: 1, max: 864_000 },
  speed: { min: 1, max: 1_000 },
  'visits-per-day': { min: 0, max: 20_000 },
  'port-base': { min: 1_024, max: 65_500 },
  seed: { min: 0, max: 4_294_967_295 },
} as const;

/** Reads the arguments; `--help` and mistakes come back as text to say. */
export function parseDemoOptions(args: readonly string[], env: NodeJS.ProcessEnv, home: string): ParsedOptions {
  const fallback = languageOf(env);
  try {
    const values = read(args);
    const language = oneOf('lang', values.lang, ['zh', 'en'] as const) ?? fallback;
    if (values.help) return { kind: 'say', text: USAGE[language], exitCode: 0 };
    const hall = oneOf('hall', values.hall, ['small', 'reference'] as const) ?? 'small';
    const { faults, record } = values;
    const directory = values.directory ?? join(home, '.cache', FOLDERS[hall]);
    return { kind: 'run', options: { ...numbersOf(values, hall), language, hall, directory, faults, record } };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { kind: 'say', text: `${reason}\n\n${USAGE[fallback]}`, exitCode: 2 };
  }
}

function read(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      hall: { type: 'string' },
      speed: { type: 'string' },
      'visits-per-day': { type: 'string' },
      faults: { type: 'boolean', default: false },
      record: { type: 'string' },
      'pull-uplink-after': { type: 'string' },
      'pull-uplink-for': { type: 'string' },
      'kill-after': { type: 'string' },
      'stop-after': { type: 'string' },
      'port-base': { type: 'string' },
      directory: { type: 'string' },
      seed: { type: 'string' },
      lang: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  }).values;
}

/** The numbers that were given, and what stands where none was. */
function numbersOf(values: ReturnType<typeof read>, hall: DemoOptions['hall']) {
  return {
    portBase: numberOf('port-base', values['port-base']) ?? DEFAULT_PORT_BASE,
    pullUplinkAfterSeconds: numberOf('pull-uplink-after', values['pull-uplink-after']),
    pullUplinkForSeconds: numberOf('pull-uplink-for', values['pull-uplink-for']) ?? PULLED_SECONDS,
    killAfterSeconds: numberOf('kill-after', values['kill-after']),
    stopAfterSeconds: numberOf('stop-after', values['stop-after']),
    speed: numberOf('speed', values.speed) ?? DEFAULT_SPEED,
    visitsPerDay: numberOf('visits-per-day', values['visits-per-day']) ?? VISITS[hall],
    seed: numberOf('seed', values.seed) ?? 1,
  };
}

function numberOf(name: keyof typeof NUMBERS, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const { min, max } = NUMBERS[name];
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new Error(`--${name} ${text}: ${min} … ${max}`);
  return value;
}

function oneOf<const T extends string>(name: string, text: string | undefined, choices: readonly T[]): T | undefined {
  const found = choices.find((choice) => choice === text);
  if (text !== undefined && found === undefined) throw new Error(`--${name} ${text}: ${choices.join(' | ')}`);
  return found;
}
