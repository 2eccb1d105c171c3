import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesBelow, textOf } from './tree.ts';

const TESTS = new Set(['it', 'test', 'describe']);
/** `path › title`, in code marks, as docs/trials.md names a test. */
const NAMED = /`([^`]+\.test\.ts) › ([^`]+)`/g;

const named = [...textOf('docs/trials.md').matchAll(NAMED)].map(([, path = '', title = '']) => ({ path, title }));

/** Titles of all tests and groups of a file, as they are written there. */
function titlesIn(path: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && TESTS.has(rootOf(node.expression))) titles.push(...textIn(node.arguments[0]));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest));
  return titles;
}

/** `it` of `it.skipIf(...)(...)`. */
function rootOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isCallExpression(node) || ts.isPropertyAccessExpression(node) ? rootOf(node.expression) : '';
}

function textIn(node: ts.Node | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  return ts.isTemplateExpression(node) ? [templateText(node)] : [];
}

/** What is computed stands as `…`. */
function templateText({ head, templateSpans }: ts.TemplateExpression): string {
  return head.text + templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}

describe('the list of trials', () => {
  const tests = new Map(filesBelow('.', '.test.ts').map((path) => [path, titlesIn(path)]));

  it('names tests that exist, by their titles', () => {
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter(({ path, title }) => !tests.get(path)?.includes(title))).toEqual([]);
  });

  it('names at least one test for each trial', () => {
    const rows = textOf('docs/trials.md')
      .split('\n')
      .filter((line) => /^\| (?!What|---)/.test(line));
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => !row.includes('.test.ts › '))).toEqual([]);
  });
});
