/**
 * What a Chinese keyboard leaves in hall.yaml: full-width signs where YAML wants half-width ones, and quotes that YAML
 * takes as text.
 */
import type { Finding, SettingsPath } from './mistake.ts';

const HALF_WIDTH: Record<string, string> = {
  '：': ': ',
  '，': ', ',
  '｛': '{',
  '｝': '}',
  '［': '[',
  '］': ']',
  '＃': '#',
};

/** Places where the sign cannot be meant as text; the sign is the second group. */
const MISPLACED = [
  /^(\s*(?:- +)?[\w-]+)(：)/,
  /^( *)(\u3000)/,
  /^(\s*)(＃)/,
  /^([^#'"]*:\s*)([｛［])/,
  /^([^#]*['"\]}\w]\s*)(，)/,
];

/** The first full-width sign that breaks this line of YAML: its column (from 0) and what to say. */
export function fullWidthSign(line: string): { column: number; texts: Pick<Finding, 'reason' | 'hint'> } | undefined {
  for (const pattern of MISPLACED) {
    const [, before, sign] = pattern.exec(line) ?? [];
    if (before !== undefined && sign !== undefined) return { column: before.length, texts: signTexts(sign) };
  }
  return undefined;
}

function signTexts(sign: string): Pick<Finding, 'reason' | 'hint'> {
  if (sign === '\u3000') {
    return {
      reason: { en: 'A full-width space stands here.', zh: '此处用了全角空格。' },
      hint: { en: 'Replace it with two ordinary spaces.', zh: '请改成两个普通（半角）空格。' },
    };
  }
  const wanted = HALF_WIDTH[sign] ?? '';
  return {
    reason: { en: `A full-width "${sign}" stands here.`, zh: `此处用了全角符号“${sign}”。` },
    hint: {
      en: `Switch the keyboard to English and write "${wanted}".`,
      zh: `请切换到英文输入法，改成“${wanted}”${wanted.length > 1 ? '（后面有一个空格）' : ''}。`,
    },
  };
}

const CHINESE_QUOTES = /^[“”‘’「『].*[“”‘’」』]$/su;

/** Texts of the tree that stand in Chinese quotes: for YAML these belong to the text. */
export function chineseQuotes(node: unknown, path: SettingsPath = []): Finding[] {
  if (typeof node === 'object' && node !== null) {
    return Object.entries(node).flatMap(([key, value]) =>
      chineseQuotes(value, [...path, Array.isArray(node) ? Number(key) : key]),
    );
  }
  if (typeof node !== 'string' || !CHINESE_QUOTES.test(node)) return [];
  return [
    {
      path,
      at: 'value',
      code: 'settings.value-wrong',
      reason: { en: 'Chinese quotes would become part of the text.', zh: '中文引号会被当作内容的一部分。' },
      hint: { en: 'Write \'...\' or "..." instead.', zh: '请改用英文引号 \'...\' 或 "..."。' },
    },
  ];
}
