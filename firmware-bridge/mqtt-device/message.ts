/**
 * Messages of devices that speak MQTT themselves: one JSON object with the contract's version, bounded, on
 * `device/{id}/up/{name}` from the device and on `device/{id}/down/{name}` to it. Fields that the contract does not name are
 * dropped, so that newer firmware may say more to an older gateway; another version is refused.
 */
import { z } from 'zod';
import { asHallError, HallError, type ErrorCode, type HallErrorOptions } from '../../gateway/kernel/errors.ts';
import { firstIssue } from '../../gateway/kernel/issue.ts';
import { isJsonObject, parseJson, type JsonObject } from '../../gateway/kernel/json.ts';

/** `v` of every message, in both directions. */
export const CONTRACT_VERSION = 1;

export const MESSAGE_BYTES_MAX = 8_192;

/** The device's own name for one thing that happened, unique for ever: a repeated message carries the same. */
export const messageId = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{8,64}$/, 'use 8 to 64 letters, digits, ".", "_", ":" or "-"');

/** What became of a message. `noted` needs no receipt; `refused` is told to the device with its reason. */
export type Outcome = { result: 'recorded' | 'repeated' | 'noted' } | { result: 'refused'; reason: HallError };

/** Takes a message of one name. Rejects only when it may be said again: its PUBACK is withheld then. */
export type Listener = (message: JsonObject) => Promise<Outcome>;

/** A listener of messages that fit the schema; others are refused with the place of the mistake. */
export function listener<Schema extends z.ZodType>(
  schema: Schema,
  hear: (message: z.output<Schema>) => Outcome | Promise<Outcome>,
): Listener {
  return async (message) => {
    const read = schema.safeParse(message);
    return read.success ? hear(read.data) : refused('mqtt-device.message-invalid', { message: firstIssue(read.error) });
  };
}

export const NOTED: Outcome = { result: 'noted' };

export function refused(code: ErrorCode, options: HallErrorOptions = {}): Outcome & { result: 'refused' } {
  return { result: 'refused', reason: new HallError(code, options) };
}

/** The message in these bytes, or why there is none. */
export function readMessage(payload: Uint8Array): { message: JsonObject } | { reason: HallError } {
  if (payload.length > MESSAGE_BYTES_MAX) return invalid(`longer than ${MESSAGE_BYTES_MAX} bytes`);
  try {
    const message = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (!isJsonObject(message)) return invalid('not a JSON object');
    return message['v'] === CONTRACT_VERSION ? { message } : { reason: new HallError('mqtt-device.version-unknown') };
  } catch (thrown) {
    return { reason: asHallError(thrown, 'mqtt-device.message-invalid') };
  }
}

function invalid(why: string): { reason: HallError } {
  return { reason: new HallError('mqtt-device.message-invalid', { message: `The message was refused: ${why}.` }) };
}
