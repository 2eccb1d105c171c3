/**
 * What `hall-gateway check` prints: each mistake with its line and a caret, or a calm overview of the hall.
 */
import { displayWidth, padded } from './display-width.ts';
import type { Bilingual, Mistake } from './mistake.ts';
import type { SettingsResult } from './read-settings.ts';
import type { Settings } from './settings.ts';

export type Language = keyof Bilingual;

/** The whole text for one file, with a line break at its end. */
export function reportText(path: string, result: SettingsResult, language: Language): string {
  const warnings = result.warnings.map((warning) => mistakeText(path, warning, language, WORDS.warning[language]));
  if (!result.ok) {
    const mistakes = result.mistakes.map((mistake) => mistakeText(path, mistake, language, WORDS.mistake[language]));
    return [...mistakes, ...warnings, summaryText(result.mistakes.length, language), ''].join('\n');
  }
  return [...warnings, overviewText(path, result.settings, language), ''].join('\n');
}

const WORDS = {
  mistake: { en: 'mistake', zh: '错误' },
  warning: { en: 'note', zh: '提醒' },
  hall: { en: 'Hall', zh: '大厅' },
  gateway: { en: 'Gateway', zh: '网关' },
  data: { en: 'Data', zh: '数据目录' },
  listens: { en: 'Listens', zh: '监听' },
  uplink: { en: 'Centre', zh: '中心' },
  noUplink: { en: 'none (the hall works by itself)', zh: '未配置（大厅独立运行）' },
  accounts: { en: 'Accounts', zh: '账号' },
  devices: { en: 'Devices', zh: '设备' },
  disabled: { en: 'switched off', zh: '已停用' },
} satisfies Record<string, Bilingual>;

const SOURCE_LENGTH_MAX = 110;

function mistakeText(path: string, mistake: Mistake, language: Language, word: string): string {
  const place = mistake.line > 0 ? `${path}:${mistake.line}:${mistake.column}` : path;
  const where = mistake.path === '' ? '' : `  ${mistake.path}`;
  const reason = mistake.reason[language];
  const hint = mistake.hint[language];
  return [`${place}  ${word}${where}`, ...excerpt(mistake), `  ${reason}`, `  → ${hint}  [${mistake.code}]`, ''].join(
    '\n',
  );
}

/** The line and a caret below the place; Chinese characters are two columns wide. */
function excerpt({ source, line, column }: Mistake): string[] {
  if (source.trim() === '') return [];
  const margin = `  ${String(line).padStart(4)} | `;
  const shown = source.replaceAll('\t', ' ').slice(0, SOURCE_LENGTH_MAX);
  const before = displayWidth(shown.slice(0, column - 1));
  return [`${margin}${shown}`, `${' '.repeat(margin.length + before)}^`];
}

function summaryText(count: number, language: Language): string {
  if (language === 'zh') return `共 ${count} 处错误，网关无法使用此文件。`;
  return `${count} ${count === 1 ? 'mistake' : 'mistakes'}: the gateway cannot use this file.`;
}

function overviewText(path: string, settings: Settings, language: Language): string {
  const { hall, gateway, uplink, broker } = settings;
  const rows: [Bilingual, string][] = [
    [WORDS.hall, `${hall.name} (${hall.id}, ${hall.timeZone})`],
    [WORDS.gateway, gateway.id],
    [WORDS.data, `${gateway.dataDirectory} (${settings.spool.quotaMiB} MiB)`],
    [WORDS.listens, listenersText(broker)],
    [WORDS.accounts, String(broker.accounts.length)],
    [WORDS.uplink, uplink ? `${withoutUser(uplink.url)} (${uplink.confirm})` : WORDS.noUplink[language]],
    [WORDS.devices, String(settings.devices.length)],
  ];
  const head = language === 'zh' ? `${path} 正确，可以使用。` : `${path} is correct.`;
  return [
    head,
    '',
    ...rows.map(([label, text]) => `  ${padded(label[language], 12)}${text}`),
    ...deviceRows(settings, language),
  ].join('\n');
}

function listenersText({ listen, websocket, tls }: Settings['broker']): string {
  const texts = [`mqtt ${listen.host}:${listen.port}`];
  if (tls) texts.push(`mqtts ${tls.listen.host}:${tls.listen.port}`);
  if (websocket) texts.push(`ws ${websocket.host}:${websocket.port}`);
  return texts.join(', ');
}

/** One row for each kind, wire and line, with the number of devices. */
function deviceRows({ devices }: Settings, language: Language): string[] {
  const counts = new Map<string, { count: number; off: number }>();
  for (const { kind, wire, config, enabled } of devices) {
    const key = [padded(kind, 20), padded(wire, 10), padded(lineOf(config), 14)].join(' ');
    const row = counts.get(key) ?? { count: 0, off: 0 };
    counts.set(key, { count: row.count + 1, off: row.off + (enabled ? 0 : 1) });
  }
  return [...counts].map(([key, { count, off }]) => {
    const note = off > 0 ? ` (${off} ${WORDS.disabled[language]})` : '';
    return `    ${key} ${count}${note}`;
  });
}

function lineOf(config: unknown): string {
  const line: unknown = typeof config === 'object' && config !== null && 'line' in config ? config.line : undefined;
  return typeof line === 'string' ? line : '-';
}

/** A url may carry a user and a password; neither is shown. */
function withoutUser(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
