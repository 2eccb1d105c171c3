/**
 * The demo's command line: `npm start -- --pull-uplink-after 20 --kill-after 30`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { languageOf, type Language } from './screen-texts.ts';

export interface DemoOptions {
  language: Language;
  /** The centre's broker listens here, the local broker on the next port, MQTT over WebSocket on the one after. */
  portBase: number;
  directory: string;
  /** Seconds after the start; absent: only by key. */
  pullUplinkAfterSeconds: number | undefined;
  pullUplinkForSeconds: number;
  killAfterSeconds: number | undefined;
  /** Stops by itself; absent: runs until Ctrl-C. */
  stopAfterSeconds: number | undefined;
  /** Things that happen in the hall a minute. */
  perMinute: number;
  seed: number;
}

export const DEFAULT_PORT_BASE = 18_830;

const USAGE = {
  en: `npm start -- [options]
  --pull-uplink-after S   pull the way to the centre S seconds after the start (key p does it by hand)
  --pull-uplink-for S     ... and keep it pulled for S seconds (60)
  --kill-after S          kill the gateway (SIGKILL) S seconds after the start (key k does it by hand)
  --stop-after S          stop by itself after S seconds; otherwise Ctrl-C stops in order
  --per-minute N          things that happen in the hall a minute (60)
  --port-base P           the first of three neighbouring ports (${DEFAULT_PORT_BASE})
  --directory DIR         where settings, records and logs of the demo are kept (.cache/demo)
  --seed N                which day it is: the same seed, the same day (1)
  --lang zh|en            language of the screen`,
  zh: `npm start -- [选项]
  --pull-uplink-after 秒   启动若干秒后断开上行（也可随时按 p 键）
  --pull-uplink-for 秒     断开多久（60）
  --kill-after 秒          启动若干秒后强行杀死网关（也可随时按 k 键）
  --stop-after 秒          若干秒后自动停止；否则按 Ctrl-C 依次停止
  --per-minute 次          大厅里每分钟发生多少件事（60）
  --port-base 端口         三个相邻端口中的第一个（${DEFAULT_PORT_BASE}）
  --directory 目录         演示用的配置、记录和日志放在哪里（.cache/demo）
  --seed 数                相同的数，相同的一天（1）
  --lang zh|en             界面语言`,
};

export type ParsedOptions = { kind: 'run'; options: DemoOptions } | { kind: 'say'; text: string; exitCode: number };

const NUMBERS = {
  'pull-uplink-after': { min: 0, max: 86_400 },
  'pull-uplink-for': { min: 1, max: 86_400 },
  'kill-after': { min: 0, max: 86_400 },
  'stop-after': { min: 1, max: 864_000 },
  'per-minute': { min: 0, max: 6_000 },
  'port-base': { min: 1_024, max: 65_533 },
  seed: { min: 0, max: 4_294_967_295 },
} as const;

/** Reads the arguments; `--help` and mistakes come back as text to say. */
export function parseDemoOptions(args: readonly string[], env: NodeJS.ProcessEnv, home: string): ParsedOptions {
  const fallback = languageOf(env);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'pull-uplink-after': { type: 'string' },
        'pull-uplink-for': { type: 'string', default: '60' },
        'kill-after': { type: 'string' },
        'stop-after': { type: 'string' },
        'per-minute': { type: 'string', default: '60' },
        'port-base': { type: 'string', default: String(DEFAULT_PORT_BASE) },
        directory: { type: 'string', default: join(home, '.cache', 'demo') },
        seed: { type: 'string', default: '1' },
        lang: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const language: Language = values.lang === 'zh' || values.lang === 'en' ? values.lang : fallback;
    if (values.help) return { kind: 'say', text: USAGE[language], exitCode: 0 };
    if (values.lang !== undefined && values.lang !== language) throw new Error(`--lang ${values.lang}: zh | en`);
    return {
      kind: 'run',
      options: {
        language,
        portBase: numberOf('port-base', values['port-base']),
        directory: values.directory,
        pullUplinkAfterSeconds: optionalNumber('pull-uplink-after', values['pull-uplink-after']),
        pullUplinkForSeconds: numberOf('pull-uplink-for', values['pull-uplink-for']),
        killAfterSeconds: optionalNumber('kill-after', values['kill-after']),
        stopAfterSeconds: optionalNumber('stop-after', values['stop-after']),
        perMinute: numberOf('per-minute', values['per-minute']),
        seed: numberOf('seed', values.seed),
      },
    };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { kind: 'say', text: `${reason}\n\n${USAGE[fallback]}`, exitCode: 2 };
  }
}

function numberOf(name: keyof typeof NUMBERS, text: string): number {
  const { min, max } = NUMBERS[name];
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new Error(`--${name} ${text}: ${min} … ${max}`);
  return value;
}

function optionalNumber(name: keyof typeof NUMBERS, text: string | undefined): number | undefined {
  return text === undefined ? undefined : numberOf(name, text);
}
