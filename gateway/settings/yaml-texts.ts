/**
 * What the YAML parser refuses, in a technician's words. The parser's own sentences quote the text, which may hold a
 * secret, so they are never shown; its codes are (`ErrorCode` in yaml's errors.d.ts).
 */
import type { Bilingual } from './mistake.ts';

interface Texts {
  reason: Bilingual;
  hint: Bilingual;
}

const INDENT: Texts = {
  reason: { en: 'This line is indented wrongly.', zh: '这一行的缩进不对。' },
  hint: {
    en: 'Entries of one block begin in the same column; use two spaces a level.',
    zh: '同一组的各行要从同一列开始；每一层缩进两个空格。',
  },
};

const QUOTE: Texts = {
  reason: { en: 'A quote or bracket is missing here.', zh: '此处缺少引号或括号。' },
  hint: { en: 'Close every " \' [ and { on the same line.', zh: '请检查 " \' [ { 是否都已成对。' },
};

const MARK: Texts = {
  reason: { en: 'The special signs & * ! cannot begin a value here.', zh: '此处的值不能以 & * ! 开头。' },
  hint: { en: 'Put the value in quotes.', zh: '请给这个值加上引号。' },
};

const TABLE: Record<string, Texts> = {
  TAB_AS_INDENT: {
    reason: { en: 'A tab stands where spaces are wanted.', zh: '此处用了制表符（Tab），应使用空格。' },
    hint: { en: 'Replace the tab with two spaces.', zh: '请把 Tab 换成两个空格。' },
  },
  DUPLICATE_KEY: {
    reason: { en: 'This key stands here twice.', zh: '同一个键写了两次。' },
    hint: {
      en: 'Keep one of them; if a new entry of a list begins here, put "- " before its first key.',
      zh: '请只保留一个；如果从这里开始是新的一项，请在它的第一行前加“- ”。',
    },
  },
  MULTIPLE_DOCS: {
    reason: { en: 'The file holds more than one document (a line "---").', zh: '文件中有多个文档（出现了“---”行）。' },
    hint: { en: 'Remove the line "---" and what follows it.', zh: '请删除“---”行及其后的内容。' },
  },
  NON_STRING_KEY: {
    reason: { en: 'A key must be text.', zh: '键必须是文字。' },
    hint: { en: 'Put the key in quotes.', zh: '请给键加上引号。' },
  },
  MULTILINE_IMPLICIT_KEY: {
    reason: { en: 'A ":" is missing, or a key runs over several lines.', zh: '缺少冒号“:”，或者键跨了多行。' },
    hint: { en: 'Write "key: value", with a space after the colon.', zh: '请写成“键: 值”，冒号后要有一个空格。' },
  },
  MISSING_CHAR: QUOTE,
  BAD_INDENT: INDENT,
  IMPOSSIBLE: INDENT,
  BLOCK_IN_FLOW: INDENT,
  BLOCK_AS_IMPLICIT_KEY: INDENT,
  UNEXPECTED_TOKEN: {
    reason: { en: 'This cannot stand here.', zh: '此处不应出现这样的内容。' },
    hint: {
      en: 'Look for a missing ":", quote or bracket on this line and the one above.',
      zh: '请检查本行和上一行是否缺少冒号、引号或括号（注意使用半角符号）。',
    },
  },
  BAD_ALIAS: MARK,
  TAG_RESOLVE_FAILED: MARK,
  BAD_DQ_ESCAPE: {
    reason: { en: 'A "\\" in double quotes is not a known escape.', zh: '双引号中的“\\”转义不正确。' },
    hint: { en: 'Use single quotes, or write \\\\ for one backslash.', zh: '请改用单引号，或把 \\ 写成 \\\\。' },
  },
};

const OTHERWISE: Texts = {
  reason: { en: 'This is not correct YAML.', zh: '此处不是正确的 YAML。' },
  hint: {
    en: 'Compare with config/hall.example.yaml; a colon needs a space after it.',
    zh: '请对照 config/hall.example.yaml；冒号后要有一个空格。',
  },
};

export function yamlErrorTexts(code: string): Texts {
  return TABLE[code] ?? OTHERWISE;
}
