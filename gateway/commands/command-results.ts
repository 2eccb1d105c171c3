/**
 * What the hall says about commands: results on the command's own result topic, and refusals of what was addressed to
 * nothing at all. All are durable events.
 *
 * A command has one verdict (accepted, rejected or expired) and at most one outcome (done, failed or expired); each has
 * a natural key made of the command's id, so that the same command sent again makes no second one.
 */
import { z } from 'zod';
import type { Draft } from '../kernel/event.ts';
import type { HallError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Place } from '../kernel/names.ts';
import type { CommandAddress } from '../kernel/topics.ts';
import type { Result } from './command-machine.ts';
import type { CommandMessage, CommandOrigin } from './command-verdict.ts';
import { fullType } from '../kernel/kind.ts';
import { maskText } from '../kernel/log.ts';
import { eventTopic, GATEWAY_KIND, resultTopic, sourceOf } from '../kernel/topics.ts';
import { reasonSchema } from '../supervisor/state-message.ts';

/** `data` of `hall.command.{status}.v1`. */
export const resultDataSchema = z.object({
  commandId: z.string().nullable().describe('null when the command carried no readable id'),
  command: z.string(),
  status: z.enum(['accepted', 'rejected', 'expired', 'done', 'failed']),
  origin: z.enum(['central', 'local']).describe('the broker that the command came by'),
  error: reasonSchema.optional(),
  output: z.json().optional().describe("what the kind's command gives back when done"),
});

/** `data` of `hall.gateway.command-refused.v1`. */
export const commandRefusedSchema = z.object({
  topic: z.string().describe('where the command was sent, shortened'),
  origin: z.enum(['central', 'local']),
  error: reasonSchema,
});

const REFUSED_TYPE = fullType('gateway.command-refused', 1);
const TOPIC_SHOWN_MAX = 200;

/** A command with a place to answer to. */
export interface CommandTarget extends CommandAddress {
  /** False when the hall has no such device: then the gateway answers in its stead. */
  known: boolean;
  id: string | null;
  origin: CommandOrigin;
}

/**
 * The event of a result. Results of commands to devices that do not exist, or without an id, may be dropped for space:
 * a stranger must not be able to fill the disk with records.
 */
export function resultDraft(place: Place, target: CommandTarget, phase: 'verdict' | 'outcome', result: Result): Draft {
  const { kind, device, name, id, known, origin } = target;
  const whose = known ? '' : `${kind}/${device}/`;
  return {
    topic: resultTopic(place.hall, kind, device, name),
    source: known ? sourceOf(place, kind, device) : gatewaySource(place),
    type: fullType(`command.${result.status}`, 1),
    class: known && id !== null ? 'record' : 'telemetry',
    data: {
      commandId: id,
      command: name,
      status: result.status,
      origin,
      ...(result.error && { error: reasonOf(result.error) }),
      ...(result.output !== undefined && { output: result.output }),
    },
    ...(id !== null && { naturalKey: `command:${whose}${id}:${phase}` }),
  };
}

/** The event of a command whose topic cannot be answered. */
export function refusedDraft(place: Place, message: CommandMessage, error: HallError): Draft {
  return {
    topic: eventTopic(place.hall, GATEWAY_KIND, place.gateway, REFUSED_TYPE),
    source: gatewaySource(place),
    type: REFUSED_TYPE,
    class: 'telemetry',
    data: {
      topic: maskText(message.topic.slice(0, TOPIC_SHOWN_MAX)),
      origin: message.origin,
      error: reasonOf(error),
    },
  };
}

function gatewaySource(place: Place): string {
  return sourceOf(place, GATEWAY_KIND, place.gateway);
}

/** The message may quote what somebody sent: an ID-card number in it is masked, as in the log. */
function reasonOf({ code, message, hint }: HallError): JsonObject {
  return { code, message: maskText(message), hint };
}
