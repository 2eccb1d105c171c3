/**
 * The log: one line a transition, with a stable event name and facts; never a secret, never an ID-card number.
 */
import pino from 'pino';
import { describeError, type Facts } from './errors.ts';
import { maskIdentityNumbers } from './identity-number.ts';

export interface Log {
  debug(event: string, facts?: Facts): void;
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  /** An error that a person may have to act on; `thrown` is described with code, remedy and hint. */
  error(event: string, thrown: unknown, facts?: Facts): void;
  /** The same log with facts that stand on every line (for example the device). */
  child(facts: Facts): Log;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** A log that writes JSON lines to `destination` (standard output when absent). */
export function jsonLog(level: LogLevel, destination?: { write(line: string): void }): Log {
  return wrap(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination));
}

function wrap(inner: pino.Logger): Log {
  const write =
    (level: 'debug' | 'info' | 'warn') =>
    (event: string, facts: Facts = {}) =>
      inner[level](masked({ event, ...facts }));
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: (event, thrown, facts = {}) => inner.error(masked({ event, ...describeError(thrown), ...facts })),
    child: (facts) => wrap(inner.child(masked(facts))),
  };
}

/** The password in a URL's user part. */
const URL_PASSWORD = /(\/\/[^/\s:@]*:)[^@/\s]+(@)/g;

function masked(facts: Facts): Facts {
  const clean: Facts = {};
  for (const [key, value] of Object.entries(facts)) {
    clean[key] = typeof value === 'string' ? maskText(value) : value;
  }
  return clean;
}

/** The text without ID-card numbers, of which the first six and the last four characters stay, and without passwords in URLs. */
export function maskText(text: string): string {
  return maskIdentityNumbers(text).replace(URL_PASSWORD, '$1[secret]$2');
}

/** A log that keeps its lines, for tests that assert on event names. */
export interface CollectedLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  event: string;
  facts: Facts;
}

export function collectingLog(lines: CollectedLine[] = [], standing: Facts = {}): Log & { lines: CollectedLine[] } {
  const write =
    (level: 'debug' | 'info' | 'warn') =>
    (event: string, facts: Facts = {}) =>
      void lines.push({ level, event, facts: masked({ ...standing, ...facts }) });
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: (event, thrown, facts = {}) =>
      void lines.push({ level: 'error', event, facts: masked({ ...standing, ...describeError(thrown), ...facts }) }),
    child: (facts) => collectingLog(lines, { ...standing, ...facts }),
  };
}
