/**
 * JSON Schema of hall.yaml for editors (yaml-language-server), from the same zod schemas that check the file.
 */
import { z } from 'zod';
import type { AnyDriver } from '../kernel/driver.ts';
import { deviceFields, sections } from './settings.ts';

type JsonSchema = Record<string, unknown>;

/** The whole schema; `devices` allows one shape for each driver, told apart by kind and wire. */
export function editorSchema(drivers: readonly AnyDriver[]): JsonSchema {
  const { $schema, ...file } = written(z.strictObject(sections));
  const properties = file['properties'] as JsonSchema;
  return {
    $schema,
    $id: 'urn:hall-gateway:hall.yaml',
    title: 'hall.yaml',
    ...file,
    properties: { ...properties, devices: { type: 'array', items: deviceSchema(drivers) } },
  };
}

/** One shape a driver: the common keys and its own, nothing else. */
function deviceSchema(drivers: readonly AnyDriver[]): JsonSchema {
  return {
    type: 'object',
    required: ['id', 'kind', 'wire'],
    oneOf: drivers.map((driver) => {
      const own = written(driver.config);
      const common = written(z.strictObject(deviceFields));
      const named = { kind: { const: driver.kind.name }, wire: { const: driver.wire } };
      return {
        title: `${driver.kind.name} (${driver.wire})`,
        type: 'object',
        properties: { ...propertiesOf(common), ...named, ...propertiesOf(own) },
        required: ['id', 'kind', 'wire', ...requiredOf(own)],
        additionalProperties: false,
      };
    }),
  };
}

function written(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
    override({ jsonSchema }) {
      // No format of JSON Schema; the pattern beside it says the same.
      if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
    },
  });
}

function propertiesOf(schema: JsonSchema): JsonSchema {
  return (schema['properties'] ?? {}) as JsonSchema;
}

function requiredOf(schema: JsonSchema): string[] {
  return (schema['required'] ?? []) as string[];
}
