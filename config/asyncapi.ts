/**
 * The contract as an AsyncAPI 3.0 document; operations are told from the gateway's view.
 */
import type { ContractMessage } from './contract-message.ts';
import { jsonSchemaOf } from './json-schemas.ts';

const QOS = 1;
const MQTT_BINDING_VERSION = '0.2.0';

const PARAMETERS: Record<string, { description: string; examples: string[] }> = {
  hall: { description: 'hall.id in hall.yaml', examples: ['example-hall'] },
  gateway: { description: 'gateway.id in hall.yaml', examples: ['gw1'] },
  device: { description: 'id of the device in hall.yaml', examples: ['evaluator-01'] },
};

const SERVERS = {
  central: {
    host: '{host}',
    protocol: 'mqtts',
    description: "The central system's broker: every hall, and where commands come from.",
    variables: { host: { description: 'uplink.url in hall.yaml', default: 'centre.example:8883' } },
  },
  local: {
    host: '{host}',
    protocol: 'mqtt',
    description: "The gateway's own broker, for the software of the hall; it works while the centre is away.",
    variables: { host: { description: 'broker.listen in hall.yaml', default: '127.0.0.1:1883' } },
  },
};

/** The whole document as a plain object. */
export function asyncApiDocument(messages: readonly ContractMessage[], version: string): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Hall Gateway',
      version,
      description:
        'What the gateway of a government service hall says and hears over MQTT. The prose is docs/contract.md.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels: byId(messages, channelOf),
    operations: byId(messages, operationOf),
    components: { messages: byId(messages, messageOf) },
  };
}

function byId<T>(messages: readonly ContractMessage[], write: (message: ContractMessage) => T): Record<string, T> {
  return Object.fromEntries(messages.map((message) => [message.id, write(message)]));
}

function channelOf({ id, topic, summary }: ContractMessage) {
  const names = [...topic.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  return {
    address: topic,
    description: summary,
    messages: { [id]: { $ref: `#/components/messages/${id}` } },
    parameters: Object.fromEntries(names.map((name) => [name, PARAMETERS[name]])),
  };
}

function operationOf({ id, action, retain, summary }: ContractMessage) {
  return {
    action,
    summary,
    channel: { $ref: `#/channels/${id}` },
    messages: [{ $ref: `#/channels/${id}/messages/${id}` }],
    bindings: { mqtt: { qos: QOS, retain, bindingVersion: MQTT_BINDING_VERSION } },
  };
}

function messageOf(message: ContractMessage) {
  const { id, summary, contentType, examples } = message;
  return {
    name: id,
    title: id,
    summary,
    contentType,
    payload: jsonSchemaOf(message),
    examples: examples.map(({ name, value }) => ({ name, payload: value })),
  };
}
