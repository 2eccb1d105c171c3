/**
 * The text of hall.yaml as a tree of plain values that still knows the line and column of every node.
 */
import { LineCounter, parseDocument, visit, type Document } from 'yaml';
import { fullWidthSign } from './full-width.ts';
import type { Finding, Mistake } from './mistake.ts';
import { pathText } from './mistake.ts';
import { offsetOf } from './node-offsets.ts';
import { secretRanges, unknownRanges } from './secret-ranges.ts';
import { maskedLines } from './source-lines.ts';
import { yamlErrorTexts } from './yaml-texts.ts';

/** A hall of a thousand devices needs a tenth of it. */
export const SETTINGS_BYTES_MAX = 1_048_576;
/** Aliases may repeat a block some times; a "billion laughs" file may not. */
const ALIASES_MAX = 200;
/** Deeper nesting than any setting has; counted before the recursive parser sees the text. */
const DEPTH_MAX = 64;
/** The parser's code for a key given twice, and for a name after `*` that nobody gave. */
const TWICE = 'DUPLICATE_KEY';
const ALIAS = 'BAD_ALIAS';
/** What a full-width sign on the line is the likely cause of. */
const BLURRED = new Set<Finding['code']>(['settings.yaml-invalid', 'settings.type-wrong', 'settings.key-unknown']);

export interface HallDocument {
  /** Plain JSON-like data; undefined when the text cannot be understood at all. */
  value: unknown;
  /** What is wrong with the text as YAML; not empty means that `value` may be incomplete. */
  syntax: Mistake[];
  /** Puts findings at their lines and columns. */
  place(findings: readonly Finding[]): Mistake[];
}

/** Parses without ever throwing; what YAML refuses is in `syntax`. */
export function readDocument(text: string): HallDocument {
  if (Buffer.byteLength(text) > SETTINGS_BYTES_MAX) return unreadable(tooLarge());
  if (nestedTooDeep(text)) return unreadable(tooComplex());
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent', stringKeys: true });
  } catch {
    return unreadable(tooComplex());
  }
  const ranges = secretRanges(document);
  const placeAll = (findings: readonly Finding[], offsets: readonly number[]): Mistake[] => {
    const source = maskedLines(text, [...ranges, ...unknownRanges(document, findings)]);
    return findings.map((finding, index) => {
      const { line, col } = lines.linePos(offsets[index] ?? 0);
      const other = finding.other && lines.linePos(offsetOf(document, finding.other, 'value')).line;
      const sign = BLURRED.has(finding.code) ? fullWidthSign(lineText(text, line, lines)) : undefined;
      const told = sign ? { ...finding, ...sign.texts } : naming(finding, other);
      return atLine(told, line, sign ? sign.column + 1 : col, source[line - 1] ?? '');
    });
  };
  const place = (findings: readonly Finding[]) =>
    placeAll(
      findings,
      findings.map(({ path, at }) => offsetOf(document, path, at)),
    );
  const errors = [...document.errors, ...document.warnings].map(({ code, pos }) => ({ code, offset: pos[0] }));
  const problems = causes([...errors, ...strayAliases(document)], lines);
  const syntax = placeAll(
    problems.map(({ code }) => yamlFinding(code)),
    problems.map(({ offset }) => offset),
  );
  const value = syntax.length > 0 ? undefined : plainValue(document);
  if (value === TOO_COMPLEX) return { value: undefined, syntax: place([tooComplex()]), place };
  return { value, syntax, place };
}

function unreadable(finding: Finding): HallDocument {
  return { value: undefined, syntax: [atLine(finding, 0, 0, '')], place: () => [] };
}

const TOO_COMPLEX = Symbol('too complex');

function plainValue(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch {
    return TOO_COMPLEX;
  }
}

interface Problem {
  code: string;
  offset: number;
}

/** Only the first of what the parser stumbled over, because the rest follows from it; of keys given twice one a block. */
function causes(problems: readonly Problem[], lines: LineCounter): Problem[] {
  const lineOf = ({ offset }: Problem) => lines.linePos(offset).line;
  const sorted = [...problems].sort((a, b) => a.offset - b.offset);
  const twice = sorted.filter(({ code }) => code === TWICE);
  const firstTwice = twice.filter((problem, index) => {
    const before = twice[index - 1];
    return before === undefined || lineOf(problem) - lineOf(before) > 1;
  });
  const stumble = sorted.find(({ code }) => code !== TWICE && code !== ALIAS);
  return stumble ? [stumble] : [...firstTwice, ...sorted.filter(({ code }) => code === ALIAS)];
}

function lineText(text: string, line: number, { lineStarts }: LineCounter): string {
  return text.slice(lineStarts[line - 1] ?? 0).split('\n', 1)[0] ?? '';
}

/** Names after `*` that no `&` gave; the parser leaves them for later. */
function strayAliases(document: Document.Parsed): Problem[] {
  const found: Problem[] = [];
  visit(document, {
    Alias(_, alias) {
      if (!alias.resolve(document)) found.push({ code: ALIAS, offset: alias.range?.[0] ?? 0 });
    },
  });
  return found;
}

function naming(finding: Finding, line: number | undefined): Finding {
  if (line === undefined) return finding;
  const { en, zh } = finding.reason;
  return { ...finding, reason: { en: en.replace('{line}', String(line)), zh: zh.replace('{line}', String(line)) } };
}

function atLine(finding: Finding, line: number, column: number, source: string): Mistake {
  const { code, reason, hint } = finding;
  return { line, column, path: pathText(finding.path), code, reason, hint, source };
}

/** Counts brackets and indentation: an upper bound of the depth that needs no recursion. */
function nestedTooDeep(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open += 1;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    if (open > DEPTH_MAX) return true;
  }
  return /(?:^|\n)(?:[ ]{256}|(?:[ ]*[-?:][ ]+){64})/.test(text);
}

function yamlFinding(yamlCode: string): Finding {
  return { path: [], at: 'value', code: 'settings.yaml-invalid', ...yamlErrorTexts(yamlCode) };
}

function tooLarge(): Finding {
  return {
    path: [],
    at: 'value',
    code: 'settings.file-too-large',
    reason: {
      en: `The file is larger than ${SETTINGS_BYTES_MAX} bytes.`,
      zh: `文件超过 ${SETTINGS_BYTES_MAX} 字节。`,
    },
    hint: { en: 'Is it really hall.yaml? Check the path.', zh: '请确认这是 hall.yaml，并检查路径。' },
  };
}

function tooComplex(): Finding {
  return {
    path: [],
    at: 'value',
    code: 'settings.yaml-invalid',
    reason: {
      en: 'The file nests or repeats blocks more than the gateway allows.',
      zh: '文件嵌套层次过深，或引用（& 和 *）过多。',
    },
    hint: { en: 'Write the entries out without & and *.', zh: '请去掉 & 和 *，逐项写出。' },
  };
}
