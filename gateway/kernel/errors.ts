/**
 * The one error class of the gateway. Every error has a code from `error-table.ts`, so that a person can look it up,
 * and a remedy, so that the machine knows whether it may go on by itself.
 */
import { ERROR_TABLE, type ErrorCode, type Remedy } from './error-table.ts';

export type { ErrorCode, Remedy } from './error-table.ts';

/** What surrounds an error: numbers, names, places. Never a secret, never an ID-card number. */
export type Facts = Record<string, string | number | boolean | null | undefined>;

export interface HallErrorOptions {
  /** What happened here, in English, with the concrete values. Default: the table's text. */
  message?: string;
  cause?: unknown;
  /** What to do next, when this place knows better than the table. */
  hint?: string;
  facts?: Facts;
}

export class HallError extends Error {
  readonly code: ErrorCode;
  /** `retry`: try again later; `reset`: open afresh; `operator`: a person must act. */
  readonly remedy: Remedy;
  readonly hint: string;
  readonly facts: Facts;

  constructor(code: ErrorCode, options: HallErrorOptions = {}) {
    const row = ERROR_TABLE[code];
    super(options.message ?? row.en.what, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HallError';
    this.code = code;
    this.remedy = row.remedy;
    this.hint = options.hint ?? row.en.hint;
    this.facts = options.facts ?? {};
  }
}

export function isHallError(value: unknown): value is HallError {
  return value instanceof HallError;
}

/** Any thrown value as a HallError: what is already one stays, anything else becomes `fallback` with its cause. */
export function asHallError(thrown: unknown, fallback: ErrorCode, facts: Facts = {}): HallError {
  if (isHallError(thrown)) return thrown;
  return new HallError(fallback, {
    message: `${ERROR_TABLE[fallback].en.what} (${textOf(thrown)})`,
    cause: thrown,
    facts,
  });
}

/** The message of any thrown value, without its stack. */
export function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** An error as facts for a log line or a status message. */
export function describeError(thrown: unknown): Facts {
  if (!isHallError(thrown)) return { message: textOf(thrown) };
  return { code: thrown.code, message: thrown.message, remedy: thrown.remedy, hint: thrown.hint, ...thrown.facts };
}
