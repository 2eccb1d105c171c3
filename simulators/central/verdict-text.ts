/**
 * The verdict for people.
 */
import type { Verdict } from './verdict.ts';

export type Language = 'en' | 'zh';

const WORDS = {
  en: {
    pass: 'PASSED: no record is missing, none is invented.',
    fail: 'FAILED',
    events: 'events',
    explained: 'rows the gateway reported lost or set aside',
    gaps: 'gaps',
    repeats: 'repeats (allowed)',
    conflicts: 'conflicts',
    disorder: 'out of order',
    violations: 'contract violations',
    missing: 'expected but missing',
    latency: 'latency',
  },
  zh: {
    pass: '通过：没有丢失任何记录，也没有凭空产生记录。',
    fail: '未通过',
    events: '事件数',
    explained: '网关已说明丢失或搁置的记录',
    gaps: '序号缺口',
    repeats: '重复（允许）',
    conflicts: '冲突',
    disorder: '乱序',
    violations: '不符合约定',
    missing: '应到未到',
    latency: '时延',
  },
} as const;

/** Some lines of text, the verdict first. */
export function verdictText(verdict: Verdict, language: Language = 'en'): string {
  const words = WORDS[language];
  const { p50, p99, max } = verdict.latencyMs;
  const rows: [name: string, value: string][] = [
    [words.events, String(verdict.events)],
    [words.repeats, String(verdict.repeats)],
    [words.explained, String(verdict.explained)],
    [
      words.gaps,
      listed(
        verdict.gaps.length,
        verdict.gaps.map(({ from, to }) => `${from}-${to}`),
      ),
    ],
    [
      words.conflicts,
      listed(
        verdict.conflicts.length,
        verdict.conflicts.map(({ sequence, why }) => `${sequence}: ${why}`),
      ),
    ],
    [words.disorder, String(verdict.disorder)],
    [words.violations, listed(verdict.violations.count, verdict.violations.examples)],
    [
      words.missing,
      listed(
        verdict.missing.count,
        verdict.missing.examples.map(({ source, type }) => `${source} ${type}`),
      ),
    ],
    [words.latency, `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms`],
  ];
  return [verdict.ok ? words.pass : words.fail, ...rows.map(([name, value]) => `  ${name}: ${value}`)].join('\n');
}

const SHOWN_MAX = 5;

function listed(count: number, examples: readonly string[]): string {
  if (count === 0) return '0';
  const shown = examples.slice(0, SHOWN_MAX).join('; ');
  return `${count} (${shown}${count > SHOWN_MAX ? '; ...' : ''})`;
}
