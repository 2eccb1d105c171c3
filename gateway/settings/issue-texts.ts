/**
 * What a zod issue means to a person who writes hall.yaml: one row an issue, in both languages.
 */
import type { z } from 'zod';
import type { ErrorCode } from '../kernel/errors.ts';
import type { SecretFinding } from '../kernel/secret-field.ts';
import type { Bilingual } from './mistake.ts';

export interface IssueTexts {
  code: ErrorCode;
  reason: Bilingual;
  hint: Bilingual;
}

type Issue = z.core.$ZodIssue;
type Size = Extract<Issue, { code: 'too_small' | 'too_big' }>;

const TYPES: Record<string, Bilingual> = {
  string: { en: 'text', zh: '文字' },
  number: { en: 'a number', zh: '数字' },
  int: { en: 'a whole number', zh: '整数' },
  boolean: { en: 'true or false', zh: 'true 或 false' },
  array: { en: 'a list (lines that begin with "- ")', zh: '列表（每项以“- ”开头）' },
  object: { en: 'a group of keys', zh: '一组键值' },
  record: { en: 'a group of keys', zh: '一组键值' },
  null: { en: 'nothing', zh: '空值' },
  undefined: { en: 'nothing', zh: '空值' },
};

const FORMATS: Record<string, Bilingual> = {
  url: { en: 'an address like mqtts://host:8883', zh: '形如 mqtts://host:8883 的地址' },
  ipv4: { en: 'an address like 192.168.1.20', zh: '形如 192.168.1.20 的地址' },
  ipv6: { en: 'an IPv6 address', zh: 'IPv6 地址' },
  hostname: { en: 'a host name', zh: '主机名' },
  datetime: { en: 'a time like 2026-01-31T09:00:00Z', zh: '形如 2026-01-31T09:00:00Z 的时间' },
};

/** Sentences that schemas of ours carry in English only, because the kernel's schemas also serve machines. */
const KNOWN_SENTENCES: Record<string, string> = {
  'use a-z, 0-9 and "-" (at most 63 characters, not "-" at an end)':
    '只能用小写字母 a-z、数字 0-9 和“-”（最多 63 个字符，首尾不能是“-”）',
  'write kind/device, for example led-board/board-01 or evaluator/*':
    '请写成“类型/设备”，例如 led-board/board-01 或 evaluator/*',
  'use mqtt://, mqtts://, ws:// or wss://': '请使用 mqtt://、mqtts://、ws:// 或 wss:// 开头的地址',
  'give cert and key together': 'cert 和 key 必须同时填写',
};

/** The texts of one issue that is neither a union nor a list of unknown keys: those are taken apart in `issues.ts`. */
export function issueTexts(issue: Issue): IssueTexts {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? missing() : wrongType([issue.expected], issue.input);
    case 'invalid_value':
      return issue.input === undefined ? missing() : notOneOf(issue.values.map(String), issue.input);
    case 'too_small':
      return wrong(sizeText(issue, 'least'), HINT_RANGE);
    case 'too_big':
      return wrong(sizeText(issue, 'most'), HINT_RANGE);
    case 'not_multiple_of':
      return wrong({ en: `It must be a multiple of ${issue.divisor}.`, zh: `必须是 ${issue.divisor} 的倍数。` });
    case 'invalid_format':
      return wrong(formatText(issue));
    case 'custom':
      return customTexts(issue);
    case 'invalid_key':
      return wrong(ownSentence(issue.issues[0]?.message ?? issue.message), HINT_NAME);
    case 'invalid_element':
    case 'invalid_union':
    case 'unrecognized_keys':
      return wrong({ en: 'This value fits none of the possible shapes.', zh: '此处的写法不符合任何一种允许的形式。' });
  }
}

export function missing(): IssueTexts {
  return {
    code: 'settings.key-missing',
    reason: { en: 'This key is missing.', zh: '缺少此键。' },
    hint: {
      en: 'Add it; config/hall.example.yaml shows how.',
      zh: '请补上，写法见 config/hall.example.yaml。',
    },
  };
}

/** `wanted` are zod's type names. */
export function wrongType(wanted: readonly string[], got: unknown): IssueTexts {
  const names = [...new Set(wanted)].map(typeName);
  const found = typeName(typeOf(got));
  return {
    code: 'settings.type-wrong',
    reason: {
      en: `Wanted ${names.map(({ en }) => en).join(' or ')}, got ${found.en}.`,
      zh: `应为${names.map(({ zh }) => zh).join('或')}，实际是${found.zh}。`,
    },
    hint: typeHint(wanted, got),
  };
}

export function notOneOf(values: readonly string[], got: unknown): IssueTexts {
  return wrong(
    { en: `${quoted(got)} is not possible here.`, zh: `此处不能写 ${quoted(got)}。` },
    { en: `Possible: ${values.join(', ')}.`, zh: `可以写：${values.join('、')}。` },
  );
}

const HINT_LOOK: Bilingual = {
  en: 'config/hall.example.yaml shows how it is written.',
  zh: '写法见 config/hall.example.yaml。',
};
const HINT_RANGE: Bilingual = { en: 'Write a value within the limit.', zh: '请改成范围内的值。' };
const HINT_NAME: Bilingual = { en: 'Choose another name.', zh: '请换一个名称。' };

function wrong(reason: Bilingual, hint: Bilingual = HINT_LOOK): IssueTexts {
  return { code: 'settings.value-wrong', reason, hint };
}

function typeHint(wanted: readonly string[], got: unknown): Bilingual {
  if (wanted.includes('string') && ['number', 'boolean'].includes(typeof got)) {
    return { en: 'Put it in quotes: "...".', zh: '请加上引号："..."。' };
  }
  if (typeof got === 'string' && (wanted.includes('number') || wanted.includes('int'))) {
    return { en: 'Write digits only, without quotes or unit.', zh: '请只写数字，不加引号和单位。' };
  }
  return HINT_LOOK;
}

function sizeText(issue: Size, side: 'least' | 'most'): Bilingual {
  const limit = String(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  const strict = issue.inclusive === false;
  const en = strict ? `${side === 'least' ? 'more' : 'less'} than ${limit}` : `at ${side} ${limit}`;
  const zh = `${strict ? (side === 'least' ? '大于' : '小于') : side === 'least' ? '至少' : '最多'} ${limit}`;
  switch (issue.origin) {
    case 'string':
      return { en: `It must have ${en} characters.`, zh: `长度须${zh} 个字符。` };
    case 'array':
    case 'set':
      return { en: `It must have ${en} entries.`, zh: `须${zh} 项。` };
    default:
      return {
        en: `It must be ${en}${got(issue.input, ', not ')}.`,
        zh: `须${zh}${got(issue.input, '，实际是 ')}。`,
      };
  }
}

function got(input: unknown, before: string): string {
  return typeof input === 'number' ? `${before}${input}` : '';
}

function formatText(issue: Extract<Issue, { code: 'invalid_format' }>): Bilingual {
  const prefix: unknown = 'prefix' in issue ? issue.prefix : undefined;
  if (typeof prefix === 'string') return { en: `It must begin with "${prefix}".`, zh: `必须以“${prefix}”开头。` };
  const format = FORMATS[issue.format];
  if (format) return { en: `It must be ${format.en}.`, zh: `必须是${format.zh}。` };
  return ownSentence(issue.message);
}

/** A schema of ours may say both languages: `message` is English, `params.zh` Chinese. */
function customTexts(issue: Extract<Issue, { code: 'custom' }>): IssueTexts {
  const params = issue.params ?? {};
  if (isSecretFinding(params['secret'])) return secretTexts(params['secret']);
  const zh: unknown = params['zh'];
  return wrong(typeof zh === 'string' ? { en: sentence(issue.message), zh } : ownSentence(issue.message));
}

function isSecretFinding(value: unknown): value is SecretFinding {
  return typeof value === 'object' && value !== null && 'found' in value;
}

const HINT_SECRET: Bilingual = {
  en: 'Write NAME=... into /etc/hall-gateway/hall-gateway.env (chmod 600) and {env: NAME} here; or {file: /path}.',
  zh: '请在 /etc/hall-gateway/hall-gateway.env（chmod 600）中写“名称=密码”，此处写 {env: 名称}；或写 {file: /路径}。',
};

function secretTexts({ found }: SecretFinding): IssueTexts {
  if (found === 'missing') return missing();
  if (found === 'plain') {
    return {
      code: 'settings.secret-plain',
      reason: { en: 'A secret may not stand in this file.', zh: '密码或密钥不能直接写在此文件中。' },
      hint: HINT_SECRET,
    };
  }
  return wrong({ en: 'This is no reference to a secret.', zh: '此处不是正确的密码引用。' }, HINT_SECRET);
}

function ownSentence(message: string): Bilingual {
  const zh = KNOWN_SENTENCES[message];
  return { en: sentence(message), zh: zh ? `${zh}。` : `不符合要求：${message}` };
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function typeName(type: string): Bilingual {
  return TYPES[type] ?? { en: type, zh: type };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

const SHOWN_MAX = 40;

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `"${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}"`;
}
