import { describe, expect, test } from 'vitest';
import stringWidth from 'string-width';
import { renderScreen, type ScreenView } from './screen.ts';
import { languageOf } from './screen-texts.ts';

const view: ScreenView = {
  language: 'zh',
  version: '0.1.0',
  uptimeMs: 3_723_000,
  hallTime: { text: '10:35', speed: 30 },
  devices: [
    { id: 'evaluator-01', what: '评价器 · 1 号窗口', presence: 'online', last: '满意（4）3 秒前' },
    { id: 'clock-01', what: '指纹打卡机 · 东门', presence: 'offline', why: 'line.unreachable', last: '昨天打卡' },
  ],
  waiting: 7,
  head: 120,
  link: 'down',
  centre: { events: 113, gaps: 0, repeats: 2, disorder: 0, p50Ms: 4.2, p99Ms: 17.9 },
  truth: { made: 120, arrived: 113 },
  newest: [{ time: '09:00:01', device: 'evaluator-01', text: '评价 4' }],
  addresses: [
    { what: '大厅 MQTT', address: 'mqtt://127.0.0.1:18831', example: "mosquitto_sub -p 18831 -t 'hall/v1/#' -v" },
    { what: '中心 MQTT', address: 'mqtt://127.0.0.1:18830', example: "mosquitto_sub -p 18830 -t '#' -v" },
    { what: '配置、日志、记录', address: '/clone/.cache/demo' },
    { what: '大厅 WebSocket', address: 'ws://127.0.0.1:18832' },
  ],
  pulledForSeconds: 60,
};

describe('the screen of the demo', () => {
  test('says in Chinese what waits, what the centre has, and where to look', () => {
    const text = renderScreen(view, 120, 30, false).join('\n');
    for (const part of [
      '待发 7 条',
      '已断开',
      '缺 0',
      '重复 2',
      '中位 4 ms',
      'mqtt://127.0.0.1:18831',
      '01:02:03',
      '10:35 (30 ×)',
      '离线',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('never grows wider than the terminal, also with Chinese text and colours', () => {
    for (const columns of [20, 41, 80]) {
      for (const line of renderScreen(view, columns, 30, true)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  test('never grows higher than the terminal, and says how many devices it does not show', () => {
    const devices = Array.from({ length: 375 }, (_, n) => ({
      id: `d-${n}`,
      what: 'x/y',
      presence: 'online',
      last: '',
    }));
    const lines = renderScreen({ ...view, devices }, 100, 24, false);
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.join('\n')).toMatch(/… \+3\d\d/);
  });

  test('shows every device of the demo hall, its addresses and the keys on a terminal of 80 x 24', () => {
    const devices = Array.from({ length: 8 }, (_, n) => ({
      id: `evaluator-0${n}`,
      what: `evaluator · window ${n}`,
      presence: 'online',
      last: '',
    }));
    const newest = Array.from({ length: 12 }, () => ({ time: '09:00:01', device: 'evaluator-01', text: 'rated' }));
    const lines = renderScreen({ ...view, language: 'en', devices, newest }, 80, 24, false);
    const text = lines.join('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(text).not.toContain('…');
    for (const part of ['evaluator-07', 'mqtt://127.0.0.1:18831', 'mqtt://127.0.0.1:18830', 'q stop']) {
      expect(text).toContain(part);
    }
  });

  test('says why a device is not online in place of what came from it last', () => {
    const text = renderScreen(view, 100, 30, false).join('\n');
    expect(text).toContain('line.unreachable');
    expect(text).not.toContain('昨天打卡');
  });

  test('shows a command to try beside an address where the terminal is wide enough', () => {
    const command = "mosquitto_sub -p 18831 -t 'hall/v1/#' -v";
    expect(renderScreen(view, 120, 30, false).join('\n')).toContain(command);
    expect(renderScreen(view, 80, 30, false).join('\n')).not.toContain('mosquitto_sub');
  });

  test('says what is being done to the hall, and keeps the keys in sight', () => {
    const pulled = { ...view, language: 'en', notice: 'uplink pulled, 42 s left' } as const;
    const text = renderScreen(pulled, 100, 30, false).join('\n');
    expect(text).toContain('uplink pulled, 42 s left');
    expect(text).toContain('kill the gateway');
  });

  test('speaks Chinese where the environment does', () => {
    expect(languageOf({ LANG: 'zh_CN.UTF-8' })).toBe('zh');
    expect(languageOf({ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' })).toBe('en');
    expect(languageOf({ LC_ALL: '', LANG: 'zh_CN.UTF-8' })).toBe('zh');
    expect(languageOf({})).toBe('en');
  });
});
