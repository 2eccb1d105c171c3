/**
 * Which parts of the text of hall.yaml may be a secret that somebody wrote where it must not stand.
 */
import { isAlias, isScalar, visit, type Document } from 'yaml';
import type { Finding } from './mistake.ts';
import { nearestName } from './nearest-name.ts';
import type { TextRange } from './source-lines.ts';

const SECRET_KEY = /pass|pwd|secret|token|key$|密码|口令/i;

const SECRET_WORDS = ['password', 'passwd', 'passphrase', 'secret', 'token', 'apiKey', 'commKey'];

/** Also when mistyped: `pasword`. */
function looksSecret(key: string): boolean {
  return SECRET_KEY.test(key) || nearestName(key, SECRET_WORDS) !== undefined;
}

/** Where the text holds something that looks like a secret by its key, whether or not it may stand there. */
export function secretRanges(document: Document.Parsed): TextRange[] {
  const ranges: TextRange[] = [];
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && looksSecret(String(key.value))) ranges.push(...leafRange(value));
    },
  });
  return ranges;
}

/** A key that nobody knows may be a mistyped `password`: its value is not shown. */
export function unknownRanges(document: Document.Parsed, findings: readonly Finding[]): TextRange[] {
  return findings
    .filter(({ code }) => code === 'settings.key-unknown')
    .flatMap(({ path }) => leafRange(document.getIn(path, true)));
}

function leafRange(node: unknown): TextRange[] {
  const range = isScalar(node) || isAlias(node) ? node.range : undefined;
  return range ? [{ from: range[0], to: range[1] }] : [];
}
