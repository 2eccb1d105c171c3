/**
 * The lines of hall.yaml as they may be shown: what looks like a secret is masked, wherever it stands.
 */
import { maskText } from '../kernel/log.ts';

export interface TextRange {
  from: number;
  to: number;
}

/**
 * A secret by its key in text that YAML could not read; a reference `{env: ...}` is no secret. A word is looked at once,
 * from its first letter, and taken whole, so that a long line costs no more than its length.
 */
const SECRET_PAIR =
  /((?:(?<![\w-])(?=[\w-]*(?:pass|pwd|secret|token)|[\w-]*key(?![\w-]))(?=([\w-]+))\2|密码|口令)["']?\s*[:：]\s*)((?!\{\s*(?:env|file)\s*:)(?:"[^"]*"?|'[^']*'?|[^\s#][^#]*))/gi;

/** The text's lines; masks are as long as what they hide, so that columns stay true. */
export function maskedLines(text: string, secrets: readonly TextRange[]): string[] {
  const hidden = secrets.reduce(
    (rest, { from, to }) => rest.slice(0, from) + stars(rest.slice(from, to)) + rest.slice(to),
    text,
  );
  return hidden
    .split(/\r?\n/)
    .map((line) =>
      maskText(line.replace(SECRET_PAIR, (_pair, key: string, _word: string, value: string) => key + stars(value))),
    );
}

function stars(text: string): string {
  return text.replaceAll(/\S/g, '*');
}
