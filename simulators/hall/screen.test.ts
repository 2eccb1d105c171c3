import { describe, expect, test } from 'vitest';
import stringWidth from 'string-width';
import { renderScreen, type ScreenView } from './screen.ts';
import { languageOf } from './screen-texts.ts';

const view: ScreenView = {
  language: 'zh',
  version: '0.1.0',
  hall: '演示大厅',
  uptimeMs: 3_723_000,
  devices: [
    { id: 'evaluator-01', what: 'evaluator/rs485', presence: 'online', last: '满意（4）3 秒前' },
    { id: 'clock-01', what: 'fingerprint-clock/zk', presence: 'offline', last: '' },
  ],
  waiting: 7,
  head: 120,
  link: 'down',
  centre: { events: 113, gaps: 0, repeats: 2, disorder: 0, p50Ms: 4.2, p99Ms: 17.9 },
  truth: { made: 120, arrived: 113 },
  newest: [{ time: '09:00:01', device: 'evaluator-01', text: '评价 4' }],
  addresses: [{ what: '本地 MQTT', address: 'mqtt://127.0.0.1:18831' }],
};

describe('the screen of the demo', () => {
  test('says in Chinese what waits, what the centre has, and where to look', () => {
    const text = renderScreen(view, 120, 30, false).join('\n');
    for (const part of [
      '7 条待发',
      '已断开',
      '缺 0',
      '重复 2',
      '中位 4 ms',
      'mqtt://127.0.0.1:18831',
      '01:02:03',
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

  test('shows a notice in place of the keys while something is being done to the hall', () => {
    const text = renderScreen({ ...view, language: 'en', notice: 'uplink pulled, 42 s left' }, 100, 30, false).join(
      '\n',
    );
    expect(text).toContain('uplink pulled, 42 s left');
    expect(text).not.toContain('kill the gateway');
  });

  test('speaks Chinese where the environment does', () => {
    expect(languageOf({ LANG: 'zh_CN.UTF-8' })).toBe('zh');
    expect(languageOf({ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' })).toBe('en');
    expect(languageOf({})).toBe('en');
  });
});
