/**
 * Judges a command as it came from a broker: is it one, is it for us, is it in time? Pure: the world comes in.
 */
import { z } from 'zod';
import type { CommandDefinition, Kind } from '../kernel/kind.ts';
import type { CommandAddress } from '../kernel/topics.ts';
import { asHallError, HallError } from '../kernel/errors.ts';
import { firstIssue } from '../kernel/issue.ts';
import { isJsonObject, parseJson, type Json } from '../kernel/json.ts';

/** As the broker or the uplink hands it in. */
export interface CommandMessage {
  topic: string;
  payload: Uint8Array;
  retain: boolean;
  origin: CommandOrigin;
}

export type CommandOrigin = 'central' | 'local';

const idSchema = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/, '1 to 64 of A-Z, a-z, 0-9 and . _ : -');
const instantSchema = z.iso.datetime({ offset: true });

/** Payload of a command topic. */
export const commandMessageSchema = z.object({
  id: idSchema.describe('chosen by the sender, new for every command'),
  issuedAt: instantSchema.optional(),
  expiresAt: instantSchema.optional().describe('not to be carried out after this'),
  data: z.record(z.string(), z.json()).default({}).describe('input of the command'),
});

export interface CommandWorld {
  kinds: Readonly<Record<string, Kind>>;
  /** Kind of a device of this hall. */
  kindOf(device: string): string | undefined;
  nowMs: number;
  payloadBytesMax: number;
}

/** When a command is not to be carried out any more. */
export interface Expiry {
  atMs: number;
  /** What was left of its time when it was judged; it runs out however the clock jumps. */
  leftMs: number;
}

export type Verdict =
  | { kind: 'accept'; input: unknown; expiry: Expiry | undefined }
  | { kind: 'refuse'; error: HallError }
  | { kind: 'expire'; error: HallError };

export interface Judgement {
  /** Null when the message does not carry a readable one. */
  id: string | null;
  verdict: Verdict;
}

/**
 * Time: a command is expired when `expiresAt` is not after the later of the gateway's clock and the command's own
 * `issuedAt`. A clock that was never set is behind, not ahead, so what it calls expired is expired; what it cannot
 * judge is carried out, because a hall without a time server must still obey. How long an accepted command waits is
 * known without a clock that is right.
 */
export function judge(message: CommandMessage, address: CommandAddress, world: CommandWorld): Judgement {
  const json = readPayload(message.payload, world.payloadBytesMax);
  return { id: idOf(json), verdict: verdictOf(() => check(message, json, address, world)) };
}

export function expired(expiresAtMs: number): HallError {
  return new HallError('command.expired', {
    message: `The command was to be carried out before ${new Date(expiresAtMs).toISOString()}.`,
  });
}

function verdictOf(judged: () => Verdict): Verdict {
  try {
    return judged();
  } catch (thrown) {
    return { kind: 'refuse', error: asHallError(thrown, 'command.malformed') };
  }
}

function check(message: CommandMessage, json: Json | HallError, address: CommandAddress, world: CommandWorld): Verdict {
  if (message.retain) throw new HallError('command.retained');
  if (json instanceof HallError) throw json;
  const command = commandMessageSchema.safeParse(json);
  if (!command.success) throw malformed(firstIssue(command.error));
  const definition = definitionOf(address, world);
  const input = definition.input.safeParse(command.data.data);
  if (!input.success) throw inputInvalid(address, firstIssue(input.error));
  const issuedAtMs = instantMs(command.data.issuedAt);
  const expiresAtMs = instantMs(command.data.expiresAt);
  const latestMs = Math.max(world.nowMs, issuedAtMs ?? world.nowMs);
  if (expiresAtMs === undefined) return { kind: 'accept', input: input.data, expiry: undefined };
  if (expiresAtMs <= latestMs) return { kind: 'expire', error: expired(expiresAtMs) };
  return { kind: 'accept', input: input.data, expiry: { atMs: expiresAtMs, leftMs: expiresAtMs - latestMs } };
}

function readPayload(payload: Uint8Array, bytesMax: number): Json | HallError {
  if (payload.byteLength > bytesMax) return malformed(`it is longer than ${bytesMax} bytes`);
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (thrown) {
    return asHallError(thrown, 'message.json-invalid');
  }
}

function idOf(json: Json | HallError): string | null {
  if (!isJsonObject(json) || json instanceof HallError) return null;
  return idSchema.safeParse(json.id).data ?? null;
}

function definitionOf(address: CommandAddress, world: CommandWorld): CommandDefinition {
  const kind = Object.hasOwn(world.kinds, address.kind) ? world.kinds[address.kind] : undefined;
  if (!kind || world.kindOf(address.device) !== address.kind) throw deviceUnknown(address);
  const definition = Object.hasOwn(kind.commands, address.name) ? kind.commands[address.name] : undefined;
  if (!definition) throw unsupported(address);
  return definition;
}

function instantMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

function malformed(why: string): HallError {
  return new HallError('command.malformed', { message: `The command was refused: ${why}.` });
}

function deviceUnknown({ kind, device }: CommandAddress): HallError {
  return new HallError('command.device-unknown', {
    message: `There is no device "${device}" of the kind "${kind}" in this hall.`,
  });
}

function unsupported({ kind, name }: CommandAddress): HallError {
  return new HallError('command.unsupported', { message: `The kind "${kind}" has no command "${name}".` });
}

function inputInvalid({ name }: CommandAddress, why: string): HallError {
  return new HallError('command.input-invalid', { message: `The data of "${name}" is not acceptable: ${why}.` });
}
