/**
 * JSON from strangers: parsed with limits, and without the keys that poison JavaScript objects.
 */
import { HallError } from './errors.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = Record<string, Json>;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const DEPTH_MAX = 32;
const BYTES_MAX = 1_048_576;

/**
 * Parses untrusted JSON text.
 *
 * @throws HallError `message.json-invalid` for a syntax error, more than 1 MiB, more than 32 levels, or a forbidden key.
 */
export function parseJson(text: string): Json {
  if (text.length > BYTES_MAX) throw invalid(`longer than ${BYTES_MAX} characters`);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    throw invalid('not JSON', cause);
  }
  refuseHostile(value, 0);
  return value;
}

/** True for a JSON object, not for an array or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuseHostile(value: Json, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth >= DEPTH_MAX) throw invalid(`nested deeper than ${DEPTH_MAX} levels`);
  if (Array.isArray(value)) {
    for (const item of value) refuseHostile(item, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw invalid(`the key "${key}" is not allowed`);
    refuseHostile(value[key] ?? null, depth + 1);
  }
}

function invalid(why: string, cause?: unknown): HallError {
  return new HallError('message.json-invalid', { message: `The message was refused: ${why}.`, cause });
}
