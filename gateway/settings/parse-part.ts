/**
 * One part of hall.yaml through its schema: parsed once to see which of its keys are secrets, and again with the secrets
 * in their places.
 */
import type { z } from 'zod';
import { Secret } from '../kernel/secret.ts';
import { secretReferenceOf } from '../kernel/secret-field.ts';
import { findingsOf, flatIssues } from './issues.ts';
import { at } from './mentions.ts';
import { pathText, type Finding, type SettingsPath } from './mistake.ts';
import { resolveSecret, type SecretSources } from './secrets.ts';

export interface Part<T> {
  /** Undefined when there are findings. */
  value: T | undefined;
  findings: Finding[];
}

/** Stands in for a secret that is not there, so that the rest of the part is checked all the same. */
const NO_SECRET = new Secret('');

export function parsePart<S extends z.ZodType>(
  schema: S,
  raw: unknown,
  path: SettingsPath,
  sources: SecretSources,
): Part<z.output<S>> {
  const findings: Finding[] = [];
  let filled = raw;
  for (const place of placesOf(issuesOf(schema, raw))) {
    const reference = secretReferenceOf(at(raw, place));
    if (!reference) continue;
    const resolved = resolveSecret(reference, [...path, ...place], sources);
    if (!(resolved instanceof Secret)) findings.push(resolved);
    filled = replaced(filled, place, resolved instanceof Secret ? resolved : NO_SECRET);
  }
  const result = schema.safeParse(filled, { reportInput: true });
  if (result.success) return { value: findings.length > 0 ? undefined : result.data, findings };
  const absent = new Set(findings.map((finding) => pathText(finding.path)));
  for (const issue of flatIssues(result.error.issues)) {
    findings.push(...findingsOf(issue, schema, path).filter((finding) => !absent.has(pathText(finding.path))));
  }
  return { value: undefined, findings: firstOfEach(findings) };
}

/** One value, one finding of a sort: whoever wrote `centre` for a url need not hear it twice. */
function firstOfEach(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ path, code }) => {
    const key = JSON.stringify([path, code]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Where the schema refused what it found, each place once: a reference to a secret is always refused at first. */
function placesOf(issues: readonly z.core.$ZodIssue[]): SettingsPath[] {
  const places = issues.map(({ path }) => path.map((step) => (typeof step === 'number' ? step : String(step))));
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}

function issuesOf(schema: z.ZodType, raw: unknown) {
  const result = schema.safeParse(raw, { reportInput: true });
  return result.success ? [] : flatIssues(result.error.issues);
}

/** A copy of `tree` with `leaf` at `path`; nothing else is copied. */
function replaced(tree: unknown, path: SettingsPath, leaf: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return leaf;
  if (Array.isArray(tree))
    return tree.map((item: unknown, index) => (index === step ? replaced(item, rest, leaf) : item));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, key === step ? replaced(value, rest, leaf) : value]),
  );
}
