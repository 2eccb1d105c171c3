/**
 * Arguments of the command line as values: numbers within limits, a time of day, `name=value` pairs.
 */
import type { CliTexts } from './cli-texts.ts';

const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const MS_PER_HOUR = 3_600_000;
const MS_PER_MINUTE = 60_000;

/** @throws Error in words when it is no number between the two. */
export function numberOf(name: string, text: string, [min, max]: readonly [number, number], texts: CliTexts): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max)) throw new Error(texts.number(name, text, min, max));
  return value;
}

/** Milliseconds after midnight. @throws Error in words. */
export function timeOfDay(text: string, texts: CliTexts): number {
  const [, hours, minutes] = TIME.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) throw new Error(texts.time(text));
  return Number(hours) * MS_PER_HOUR + Number(minutes) * MS_PER_MINUTE;
}

/** `level=5 on=true key=call-next`; what is JSON is taken as JSON, but long numbers stay as they are written. */
export function inputOf(assignments: readonly string[], texts: CliTexts): Record<string, unknown> {
  return Object.fromEntries(
    assignments.map((text) => {
      const equals = text.indexOf('=');
      if (equals < 1) throw new Error(texts.assignment(text));
      return [text.slice(0, equals), valueOf(text.slice(equals + 1))];
    }),
  );
}

function valueOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'number' && String(value) !== text ? text : value;
  } catch {
    return text;
  }
}
