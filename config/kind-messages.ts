/**
 * The messages of one kind of device: its state, its events, its commands and their results.
 */
import { z } from 'zod';
import { resultDataSchema } from '../gateway/commands/command-results.ts';
import { commandMessageSchema } from '../gateway/commands/command-verdict.ts';
import { envelopeSchema } from '../gateway/kernel/event.ts';
import { fullType, type CommandDefinition, type EventDefinition, type Kind } from '../gateway/kernel/kind.ts';
import { commandTopic, eventTopic, resultTopic, stateTopic } from '../gateway/kernel/topics.ts';
import { stateMessageSchema } from '../gateway/supervisor/state-message.ts';
import { CLOUD_EVENT_TYPE, JSON_TYPE, PLACE, type ContractMessage } from './contract-message.ts';
import { EXAMPLE_COMMAND_ID, EXAMPLE_TIME, exampleDevice, exampleEvent } from './example-envelope.ts';
import { outputExample } from './output-examples.ts';

const DEVICE = '{device}';
const RESULT_STATUSES = ['accepted', 'rejected', 'expired', 'done', 'failed'] as const;

export function kindMessages(kind: Kind): ContractMessage[] {
  const events = Object.entries(kind.events).map(([type, event]) => eventMessage(kind, type, event));
  const commands = Object.entries(kind.commands).flatMap(([name, command]) => [
    commandMessage(kind, name, command),
    resultMessage(kind, name, command),
  ]);
  return [stateMessage(kind), ...events, ...commands];
}

function stateMessage(kind: Kind): ContractMessage {
  const since = '2026-06-01T00:00:20.000Z';
  return {
    id: `${kind.name}.state`,
    owner: kind.name,
    summary: `The newest truth about the device (${kind.title.en}, ${kind.title.zh}).`,
    topic: stateTopic(PLACE.hall, kind.name, DEVICE),
    action: 'send',
    retain: true,
    schema: stateMessageSchema.extend({ data: kind.state.nullable() }),
    examples: [
      { name: 'online', value: { time: EXAMPLE_TIME, presence: 'online', since, data: kind.stateExample } },
      { name: 'offline', value: { time: EXAMPLE_TIME, presence: 'offline', since, reason: UNREACHABLE, data: null } },
    ],
    contentType: JSON_TYPE,
  };
}

const UNREACHABLE = {
  code: 'line.unreachable',
  message: '192.168.1.60:4001 cannot be reached: connect ETIMEDOUT 192.168.1.60:4001.',
  hint: 'Check power, cable, address and port of the device; the gateway keeps trying.',
};

function eventMessage(kind: Kind, shortType: string, event: EventDefinition): ContractMessage {
  const type = fullType(shortType, event.version);
  return {
    id: `${kind.name}.${shortType}`,
    owner: kind.name,
    summary: event.summary,
    topic: eventTopic(PLACE.hall, kind.name, DEVICE, type),
    action: 'send',
    retain: false,
    schema: envelopeSchema.extend({ type: z.literal(type), data: event.data }),
    examples: [{ name: shortType, value: exampleEvent(kind.name, exampleDevice(kind.name), type, event.example) }],
    contentType: CLOUD_EVENT_TYPE,
    eventClass: event.class,
  };
}

function commandMessage(kind: Kind, name: string, command: CommandDefinition): ContractMessage {
  const expiresAt = '2026-06-01T01:13:00.000Z';
  const example = { id: EXAMPLE_COMMAND_ID, issuedAt: EXAMPLE_TIME, expiresAt, data: command.example };
  return {
    id: `${kind.name}.${name}.command`,
    owner: kind.name,
    summary: command.summary,
    topic: commandTopic(PLACE.hall, kind.name, DEVICE, name),
    action: 'receive',
    retain: false,
    schema: commandMessageSchema.extend({ data: command.input }),
    examples: [{ name, value: example }],
    contentType: JSON_TYPE,
  };
}

function resultMessage(kind: Kind, name: string, command: CommandDefinition): ContractMessage {
  const types = RESULT_STATUSES.map((status) => fullType(`command.${status}`, 1));
  const said = { commandId: EXAMPLE_COMMAND_ID, command: name, origin: 'central' };
  const example = (status: string, more: object) => ({
    name: status,
    value: exampleEvent(kind.name, exampleDevice(kind.name), fullType(`command.${status}`, 1), {
      ...said,
      status,
      ...more,
    }),
  });
  const data = resultDataSchema.extend({ command: z.literal(name), output: command.output.optional() });
  return {
    id: `${kind.name}.${name}.result`,
    owner: kind.name,
    summary: `What became of ${name}.`,
    topic: resultTopic(PLACE.hall, kind.name, DEVICE, name),
    action: 'send',
    retain: false,
    schema: envelopeSchema.extend({ type: z.enum(types), data }),
    examples: [
      example('accepted', {}),
      example('done', { output: outputExample(kind.name, name) }),
      example('failed', { error: UNREACHABLE }),
    ],
    contentType: CLOUD_EVENT_TYPE,
    eventClass: 'record',
  };
}
