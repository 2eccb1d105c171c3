import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ERROR_TABLE } from '../gateway/kernel/error-table.ts';
import { filesBelow, textOf } from './tree.ts';

const sources = ['.ts', '.mjs', '.cjs'].flatMap((ending) => filesBelow('.', ending));
const product = ['gateway', 'devices', 'firmware-bridge', 'simulators', 'bench', 'config']
  .flatMap((folder) => filesBelow(folder, '.ts'))
  .filter((path) => !path.endsWith('.test.ts'));

/** `path:line: text` of every line that matches. */
function linesWith(pattern: RegExp, paths: readonly string[]): string[] {
  return paths.flatMap((path) =>
    textOf(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

/** A table of texts is as long as there are rows. */
const TABLES = ['gateway/kernel/error-table.ts'];

describe('every source file', () => {
  it('has at most 300 lines', () => {
    expect(sources.length).toBeGreaterThan(50);
    const long = sources.filter((path) => textOf(path).trimEnd().split('\n').length > 300);
    expect(long.filter((path) => !TABLES.includes(path))).toEqual([]);
  });

  it('says in its first lines what it is for, unless it is a test', () => {
    const explained = /^(#!.*\n)?(\/\*\*|\/\/)/;
    expect(sources.filter((path) => !path.endsWith('.test.ts') && !explained.test(textOf(path)))).toEqual([]);
  });

  it('has a name in kebab case', () => {
    const kebab = /^\.?[a-z0-9]+([-.][a-z0-9]+)*$/;
    expect(sources.filter((path) => !path.split('/').every((part) => kebab.test(part)))).toEqual([]);
  });

  it('is finished: no note for later, no error silenced without a reason', () => {
    const forLater = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
    const silenced = new RegExp(`@ts-(${['ignore', 'nocheck', 'expect-error'].join('|')})|eslint-disable(?!.* -- \\S)`);
    const others = sources.filter((path) => path !== '.ci/house.test.ts');
    expect(linesWith(forLater, others)).toEqual([]);
    expect(linesWith(silenced, others)).toEqual([]);
  });
});

describe('the error table', () => {
  const code = product
    .filter((path) => path !== 'gateway/kernel/error-table.ts')
    .map(textOf)
    .join('\n');

  it('has no code that nothing ever reports', () => {
    expect(Object.keys(ERROR_TABLE).filter((name) => !code.includes(`'${name}'`))).toEqual([]);
  });

  it('has every code that is thrown', () => {
    const thrown = [...code.matchAll(/new HallError\(\s*'([^']+)'/g)].map((match) => match[1] ?? '');
    expect(thrown.length).toBeGreaterThan(10);
    expect(thrown.filter((name) => !(name in ERROR_TABLE))).toEqual([]);
  });
});

describe('the packages', () => {
  const names = z.record(z.string(), z.string());
  const { dependencies, devDependencies } = z
    .object({ dependencies: names, devDependencies: names })
    .parse(JSON.parse(textOf('package.json')));
  const versions = { ...dependencies, ...devDependencies };

  it('each have one line of reason in CONTRIBUTING.md, and nothing else has', () => {
    const reasons = [...textOf('CONTRIBUTING.md').matchAll(/^\| `([^`]+)`\s+\| \S/gm)].map((match) => match[1]);
    expect(reasons.sort()).toEqual(Object.keys(versions).sort());
  });

  it('are named with exact versions', () => {
    expect(Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('are locked without the address of a registry, so that any mirror can serve them', () => {
    expect(linesWith(/"resolved": "http/, ['package-lock.json', '.ci/runtimes/package-lock.json'])).toEqual([]);
  });
});
