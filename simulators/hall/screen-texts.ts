/**
 * The words of the demo's screen, in Chinese and English.
 */
export type Language = 'zh' | 'en';

export interface ScreenTexts {
  title: string;
  hall: string;
  simulated: string;
  device: string;
  what: string;
  state: string;
  last: string;
  queue: string;
  waiting: (count: number) => string;
  head: (sequence: number) => string;
  centre: string;
  verdict: (events: number, gaps: number, repeats: number, disorder: number) => string;
  latency: (p50: string, p99: string) => string;
  truth: string;
  truthCounts: (made: number, arrived: number) => string;
  newest: string;
  look: string;
  keys: (pulledForSeconds: number) => string;
  presence: Record<string, string>;
  link: Record<string, string>;
  /** Names of kinds of devices. */
  kinds: Record<string, string>;
  window: (number: string) => string;
  /** Why a device is not online, by the code of the reason. */
  reasons: Record<string, string>;
  up: string;
}

const zh: ScreenTexts = {
  title: '政务大厅网关',
  hall: '演示大厅',
  simulated: '除网关外均为模拟',
  device: '设备',
  what: '类型与位置',
  state: '状态',
  last: '最近一次',
  queue: '上行',
  waiting: (count) => `待发 ${count} 条`,
  head: (sequence) => `已落盘至第 ${sequence} 号`,
  centre: '中心核对',
  verdict: (events, gaps, repeats, disorder) =>
    `收到 ${events} 条，缺 ${gaps}，重复 ${repeats}（已去重），乱序 ${disorder}`,
  latency: (p50, p99) => `时延中位 ${p50}，99% 在 ${p99} 内`,
  truth: '对照真实',
  truthCounts: (made, arrived) => `设备上真实发生 ${made} 件，中心收到 ${arrived} 件`,
  newest: '最新事件',
  look: '可查看',
  keys: (seconds) => `按键：p 断开上行 ${seconds} 秒（再按恢复）  k 强行杀死网关（自动重启）  q 依次停止`,
  presence: { online: '在线', offline: '离线', silent: '无声', unknown: '未知' },
  link: { up: '已连通', 'catching-up': '补传中', down: '已断开', killed: '网关被杀死' },
  kinds: {
    evaluator: '评价器',
    'fingerprint-clock': '指纹打卡机',
    'ticket-dispenser': '取号机',
    'led-board': 'LED 屏',
    camera: '摄像机',
  },
  window: (number) => `${number} 号窗口`,
  reasons: { 'evaluator.not-heard': '线路正常，等待第一次按键' },
  up: '已运行',
};

const en: ScreenTexts = {
  title: 'Hall Gateway',
  hall: 'demo hall',
  simulated: 'all else simulated',
  device: 'device',
  what: 'kind and place',
  state: 'state',
  last: 'last',
  queue: 'uplink',
  waiting: (count) => `${count} waiting`,
  head: (sequence) => `on disk up to no. ${sequence}`,
  centre: 'centre',
  verdict: (events, gaps, repeats, disorder) =>
    `${events} events: ${gaps} missing, ${repeats} repeats dropped, ${disorder} out of order`,
  latency: (p50, p99) => `p50 ${p50}, p99 ${p99}`,
  truth: 'truth',
  truthCounts: (made, arrived) => `${made} things happened at the devices, the centre has ${arrived}`,
  newest: 'newest',
  look: 'look at',
  keys: (seconds) => `keys: p pull the uplink ${seconds} s (again: back)  k kill the gateway  q stop in order`,
  presence: { online: 'online', offline: 'offline', silent: 'silent', unknown: 'unknown' },
  link: { up: 'up', 'catching-up': 'catching up', down: 'down', killed: 'gateway killed' },
  kinds: {
    evaluator: 'evaluator',
    'fingerprint-clock': 'clock',
    'ticket-dispenser': 'kiosk',
    'led-board': 'LED board',
    camera: 'camera',
  },
  window: (number) => `window ${number}`,
  reasons: { 'evaluator.not-heard': 'line works, no key pressed yet' },
  up: 'up',
};

export function screenTexts(language: Language): ScreenTexts {
  return language === 'zh' ? zh : en;
}

/** Chinese when the environment says so, as other command-line programs do; an empty variable counts as unset. */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  return /^zh/i.test(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '') ? 'zh' : 'en';
}
