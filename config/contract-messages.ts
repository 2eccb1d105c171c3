/**
 * Every message of the contract, once. The JSON Schemas, the AsyncAPI document and docs/contract.md are all written from
 * this list.
 */
import { z } from 'zod';
import { commandRefusedSchema } from '../gateway/commands/command-results.ts';
import * as own from '../gateway/kernel/gateway-messages.ts';
import { envelopeSchema } from '../gateway/kernel/event.ts';
import { fullType, type EventClass, type Kind } from '../gateway/kernel/kind.ts';
import * as topics from '../gateway/kernel/topics.ts';
import { inventorySchema } from '../gateway/supervisor/state-message.ts';
import { EXAMPLE_PLACE, exampleDevice, exampleEvent, EXAMPLE_TIME } from './example-envelope.ts';
import {
  CLOUD_EVENT_TYPE,
  CLOUD_EVENTS_BATCH_TYPE,
  JSON_TYPE,
  PLACE,
  type ContractMessage,
} from './contract-message.ts';
import { kindMessages } from './kind-messages.ts';

/** Messages in the order of the documents: the gateway's own, then each kind's. */
export function contractMessages(kinds: readonly Kind[]): ContractMessage[] {
  return [...plainMessages(), ...gatewayEvents(), backlog(), ...kinds.flatMap(kindMessages)];
}

function plainMessages(): ContractMessage[] {
  const plain = { owner: topics.GATEWAY_KIND, contentType: JSON_TYPE };
  return [
    {
      ...plain,
      id: 'gateway.status',
      summary: 'Whether the gateway is connected; its last will says offline.',
      topic: topics.statusTopic(PLACE),
      action: 'send',
      retain: true,
      schema: own.statusSchema,
      examples: [{ name: 'online', value: own.STATUS_EXAMPLE }],
    },
    {
      ...plain,
      id: 'gateway.health',
      summary: 'Once a minute: how much waits, disk, memory, clock, link, devices; `time` says how old it is.',
      topic: topics.healthTopic(PLACE),
      action: 'send',
      retain: true,
      schema: own.healthSchema,
      examples: [{ name: 'healthy', value: own.HEALTH_EXAMPLE }],
    },
    {
      ...plain,
      id: 'gateway.inventory',
      summary: 'Every device of the hall with what it says about itself.',
      topic: topics.inventoryTopic(PLACE),
      action: 'send',
      retain: true,
      schema: inventorySchema,
      examples: [{ name: 'inventory', value: inventoryExample() }],
    },
    {
      ...plain,
      id: 'gateway.receipt',
      summary: 'From the centre: events up to this sequence are safe there (with `uplink.confirm: receipt`).',
      topic: topics.receiptTopic(PLACE),
      action: 'receive',
      retain: false,
      schema: own.receiptSchema,
      examples: [{ name: 'receipt', value: own.RECEIPT_EXAMPLE }],
    },
  ];
}

function inventoryExample() {
  const since = '2026-06-01T00:00:20.000Z';
  const device = exampleDevice('evaluator');
  const row = { device, kind: 'evaluator', wire: 'rs485', window: '5', presence: 'online', since, address: 'bus-a#5' };
  return { time: EXAMPLE_TIME, devices: [{ ...row, lastSeen: EXAMPLE_TIME }] };
}

interface GatewayEvent {
  name: string;
  summary: string;
  eventClass: EventClass;
  data: z.ZodType;
  example: unknown;
}

const GATEWAY_EVENTS: GatewayEvent[] = [
  {
    name: 'gateway.lost',
    summary: 'Events of this range are gone; the event stands in their place, and the next sequence is through + 1.',
    eventClass: 'record',
    data: own.lostSchema,
    example: own.LOST_EXAMPLE,
  },
  {
    name: 'gateway.parked',
    summary: "The centre's broker cannot bear this event: it is kept on the box, and this one stands in its place.",
    eventClass: 'record',
    data: own.parkedSchema,
    example: own.PARKED_EXAMPLE,
  },
  {
    name: 'gateway.salvaged',
    summary: "The gateway's store was broken: a new epoch begins with what could be saved of the old one.",
    eventClass: 'record',
    data: own.salvagedSchema,
    example: own.SALVAGED_EXAMPLE,
  },
  {
    name: 'gateway.command-refused',
    summary: 'A command was addressed to nothing that could answer it.',
    eventClass: 'telemetry',
    data: commandRefusedSchema,
    example: {
      topic: 'hall/v1/example-hall/evaluator/Nobody/command/beep',
      origin: 'central',
      error: {
        code: 'command.device-unknown',
        message: 'There is no device "Nobody" of the kind "evaluator" in this hall.',
        hint: 'Use an id of the inventory.',
      },
    },
  },
];

function gatewayEvents(): ContractMessage[] {
  return GATEWAY_EVENTS.map(({ name, summary, eventClass, data, example }) => {
    const type = fullType(name, 1);
    return {
      id: name,
      owner: topics.GATEWAY_KIND,
      summary,
      topic: topics.eventTopic(PLACE.hall, topics.GATEWAY_KIND, PLACE.gateway, type),
      action: 'send',
      retain: false,
      schema: envelopeSchema.extend({ type: z.literal(type), data }),
      examples: [{ name, value: exampleEvent(topics.GATEWAY_KIND, EXAMPLE_PLACE.gateway, type, example) }],
      contentType: CLOUD_EVENT_TYPE,
      eventClass,
    };
  });
}

function backlog(): ContractMessage {
  const one = exampleEvent(topics.GATEWAY_KIND, EXAMPLE_PLACE.gateway, fullType('gateway.lost', 1), own.LOST_EXAMPLE);
  return {
    id: 'gateway.backlog',
    owner: topics.GATEWAY_KIND,
    summary: 'Several events in one message, in the order of their sequence (only with `uplink.batch`).',
    topic: topics.backlogTopic(PLACE),
    action: 'send',
    retain: false,
    schema: z.array(envelopeSchema).min(1),
    examples: [{ name: 'backlog', value: [one] }],
    contentType: CLOUD_EVENTS_BATCH_TYPE,
  };
}
