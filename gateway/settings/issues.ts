/**
 * From zod's issues to findings: unions are taken apart, unknown keys get a suggestion, each issue its texts.
 */
import type { z } from 'zod';
import { at } from './mentions.ts';
import { issueTexts, missing, notOneOf, wrongType } from './issue-texts.ts';
import type { Finding, SettingsPath } from './mistake.ts';
import { suggestion } from './nearest-name.ts';
import { keysAt } from './schema-keys.ts';

type Issue = z.core.$ZodIssue;
type Union = Extract<Issue, { code: 'invalid_union' }>;

/** The issues a person should see: of a union only the branch that was meant. Paths are relative to the schema. */
export function flatIssues(issues: readonly Issue[], base: SettingsPath = []): Issue[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...steps(issue.path)];
    const branch = issue.code === 'invalid_union' ? meantBranch(issue) : undefined;
    return branch ? flatIssues(branch, path) : [{ ...issue, path }];
  });
}

/** Findings of one issue from `flatIssues`; `base` is where the schema's value stands in the file. */
export function findingsOf(issue: Issue, schema: z.ZodType, base: SettingsPath): Finding[] {
  const inner = steps(issue.path);
  const path = [...base, ...inner];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, inner);
    return issue.keys.map((key) => unknownKey([...path, key], key, known));
  }
  if (issue.code === 'invalid_union') return [{ path, at: 'value', ...unionTexts(issue) }];
  return [{ path, at: issue.code === 'invalid_key' ? 'key' : 'value', ...issueTexts(issue) }];
}

export function unknownKey(path: SettingsPath, key: string, known: readonly string[]): Finding {
  return {
    path,
    at: 'key',
    code: 'settings.key-unknown',
    reason: { en: `The key "${key}" is not known here.`, zh: `此处没有“${key}”这个键。` },
    hint: suggestion(key, known),
  };
}

function unionTexts(issue: Union) {
  if (issue.input === undefined) return missing();
  const options: unknown = 'options' in issue ? issue.options : undefined;
  if (Array.isArray(options)) return discriminatorTexts(issue, options.map(String));
  const wanted = issue.errors.flatMap(([first]) => (first?.code === 'invalid_type' ? [first.expected] : []));
  const values = issue.errors.flatMap(([first]) => (first?.code === 'invalid_value' ? first.values.map(String) : []));
  return values.length > 0 && wanted.length === 0 ? notOneOf(values, issue.input) : wrongType(wanted, issue.input);
}

/** zod's input is the whole group here, not the key that tells its sorts apart. */
function discriminatorTexts(issue: Union, options: readonly string[]) {
  const value = at(issue.input, issue.path.slice(-1).map(String));
  return value === undefined ? missing() : notOneOf(options, value);
}

/** The branch whose own type fits the value; the one with the fewest issues if several do. */
function meantBranch(issue: Union): readonly Issue[] | undefined {
  const fitting = issue.errors.filter((branch) => !branch.some(isRootMismatch));
  return fitting.sort((a, b) => a.length - b.length)[0];
}

function isRootMismatch(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function steps(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}
