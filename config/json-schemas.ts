/**
 * One JSON Schema (2020-12) a message, from its zod schema.
 */
import { z } from 'zod';
import type { ContractMessage } from './contract-message.ts';

export type JsonSchema = Record<string, unknown>;

/**
 * The schema without `$schema`. What the gateway says may grow, so a consumer's schema allows keys that it does not know;
 * what the gateway hears is as strict as the gateway. `date-time` says it without zod's pattern; `ulid` is no format of
 * JSON Schema, its pattern stays.
 */
export function jsonSchemaOf({ schema, action }: ContractMessage): JsonSchema {
  const heard = action === 'receive';
  const written = z.toJSONSchema(schema, {
    io: heard ? 'input' : 'output',
    reused: 'inline',
    override({ jsonSchema }) {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      if (jsonSchema.format === 'ulid') delete jsonSchema.format;
      if (!heard && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(Object.entries(written).filter(([key]) => key !== '$schema'));
}

/** Text of `config/schemas/{id}.json`. */
export function schemaFile(message: ContractMessage): string {
  const head = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:hall-gateway:v1:${message.id}`,
    title: message.id,
    description: message.summary,
  };
  return json({ ...head, ...jsonSchemaOf(message), examples: message.examples.map(({ value }) => value) });
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
