/**
 * The words of the demo's screen, in Chinese and English.
 */
export type Language = 'zh' | 'en';

export interface ScreenTexts {
  title: string;
  simulated: string;
  device: string;
  state: string;
  last: string;
  queue: string;
  waiting: (count: number) => string;
  head: (sequence: number) => string;
  centre: string;
  verdict: (events: number, gaps: number, repeats: number, disorder: number) => string;
  latency: (p50: string, p99: string) => string;
  truth: (made: number, arrived: number) => string;
  newest: string;
  look: string;
  keys: string;
  presence: Record<string, string>;
  link: Record<string, string>;
  up: string;
}

const zh: ScreenTexts = {
  title: '政务大厅网关',
  simulated: '模拟设备 · 模拟中心',
  device: '设备',
  state: '状态',
  last: '最近',
  queue: '待发队列',
  waiting: (count) => `${count} 条待发`,
  head: (sequence) => `已落盘到第 ${sequence} 条`,
  centre: '中心核对',
  verdict: (events, gaps, repeats, disorder) =>
    `收到 ${events} 条，缺 ${gaps}，重复 ${repeats}（已去重），乱序 ${disorder}`,
  latency: (p50, p99) => `延迟 中位 ${p50} / 99% ${p99}`,
  truth: (made, arrived) => `设备实际产生 ${made} 条，中心已有 ${arrived} 条`,
  newest: '最新事件',
  look: '可查看的地址',
  keys: '按键：p 断开上行一分钟　k 强行杀死网关（随后自动重启）　q 或 Ctrl-C 依次停止',
  presence: { online: '在线', offline: '离线', silent: '无声', unknown: '未知' },
  link: { up: '已连通', 'catching-up': '补传中', connecting: '连接中', down: '已断开', killed: '网关已被杀死' },
  up: '已运行',
};

const en: ScreenTexts = {
  title: 'Hall Gateway',
  simulated: 'simulated devices, simulated centre',
  device: 'device',
  state: 'state',
  last: 'last',
  queue: 'queue',
  waiting: (count) => `${count} waiting`,
  head: (sequence) => `durable up to ${sequence}`,
  centre: 'centre',
  verdict: (events, gaps, repeats, disorder) =>
    `${events} events, ${gaps} missing, ${repeats} repeated (dropped), ${disorder} out of order`,
  latency: (p50, p99) => `latency p50 ${p50}, p99 ${p99}`,
  truth: (made, arrived) => `devices made ${made}, the centre has ${arrived}`,
  newest: 'newest events',
  look: 'look at',
  keys: 'keys: p pull the uplink for a minute   k kill the gateway (it is started again)   q or Ctrl-C stop in order',
  presence: { online: 'online', offline: 'offline', silent: 'silent', unknown: 'unknown' },
  link: { up: 'up', 'catching-up': 'catching up', connecting: 'connecting', down: 'down', killed: 'gateway killed' },
  up: 'up',
};

export function screenTexts(language: Language): ScreenTexts {
  return language === 'zh' ? zh : en;
}

/** Chinese when the environment says so, as other command-line programs do. */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  return /^zh/i.test(env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '') ? 'zh' : 'en';
}
