/**
 * The judge's verdict: what arrived, and everything that contradicts "no record is lost, none is invented".
 */
import { fingerprint } from './fingerprint.ts';
import type { LatencyRecord } from './latency.ts';
import type { Conflict, Ledger, Range } from './ledger.ts';
import type { NumberIndex } from './number-index.ts';

export interface ExpectedEvent {
  source: string;
  type: string;
  data: unknown;
}

export interface Verdict {
  /** No gap, conflict, disorder, violation, missing event. Repeats are allowed: the contract is at least once. */
  ok: boolean;
  /** Different events that arrived. */
  events: number;
  /** Rows that the gateway itself reported lost or parked. */
  explained: number;
  gaps: Range[];
  repeats: number;
  conflicts: readonly Conflict[];
  /** First arrivals with a lower sequence than one before. */
  disorder: number;
  violations: { count: number; examples: readonly string[] };
  /** Expected events that did not arrive; at most 100 are named. */
  missing: { count: number; examples: ExpectedEvent[] };
  latencyMs: { p50: number; p99: number; max: number };
}

export interface Evidence {
  ledgers: readonly Ledger[];
  /** How often each content (`contentPrint`) arrived first. */
  contents: NumberIndex;
  latency: LatencyRecord;
  violations: { count: number; examples: readonly string[] };
}

const EXAMPLES_MAX = 100;

export function pronounce(evidence: Evidence, expected: Iterable<ExpectedEvent> = []): Verdict {
  const { ledgers, latency, violations } = evidence;
  const counts = ledgers.map((each) => each.counts());
  const sum = (field: 'events' | 'repeats' | 'disorder') => counts.reduce((total, count) => total + count[field], 0);
  const gaps = ledgers.flatMap((each) => each.gaps());
  const conflicts = ledgers.flatMap((each) => each.conflicts());
  const missing = missingOf(expected, evidence.contents);
  const disorder = sum('disorder');
  const faults = gaps.length + conflicts.length + disorder + violations.count + missing.count;
  return {
    ok: faults === 0,
    events: sum('events'),
    explained: ledgers.reduce((total, each) => total + each.explained(), 0),
    gaps,
    repeats: sum('repeats'),
    conflicts,
    disorder,
    violations,
    missing,
    latencyMs: { p50: latency.percentile(0.5), p99: latency.percentile(0.99), max: latency.max() },
  };
}

/** Fingerprint of what an event says, whatever its id and time. */
export function contentPrint({ source, type, data }: ExpectedEvent): number {
  return fingerprint(`${source} ${type} ${canonical(data)}`);
}

function missingOf(expected: Iterable<ExpectedEvent>, contents: NumberIndex): Verdict['missing'] {
  const wanted = new Map<number, number>();
  const missing: Verdict['missing'] = { count: 0, examples: [] };
  for (const event of expected) {
    const print = contentPrint(event);
    const times = (wanted.get(print) ?? 0) + 1;
    wanted.set(print, times);
    if (times <= (contents.get(print) ?? 0)) continue;
    missing.count += 1;
    if (missing.examples.length < EXAMPLES_MAX) missing.examples.push(event);
  }
  return missing;
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === undefined) return 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}
