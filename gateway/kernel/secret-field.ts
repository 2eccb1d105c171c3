/**
 * How a schema marks a password or key: hall.yaml refers to it, `{env: NAME}` or `{file: /path}`, and never holds it.
 * The settings reader sees the references through the schema's own issues, resolves them, and parses again with secrets.
 */
import { z } from 'zod';
import { Secret } from './secret.ts';

/** Where a secret is kept: an environment variable, or a file that only its owner may read. */
export type SecretReference = { env: string } | { file: string };

/** What stands where a secret is wanted; carried in the issue's `params.secret`. */
export type SecretFinding =
  { found: 'reference'; reference: SecretReference } | { found: 'plain' | 'missing' | 'malformed' };

const referenceSchema = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
  z.strictObject({ file: z.string().startsWith('/') }),
]);

const EDITOR_SCHEMA = {
  description: 'reference to a secret: {env: NAME} or {file: /path}',
  oneOf: [
    {
      type: 'object',
      properties: { env: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' } },
      required: ['env'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { file: { type: 'string', pattern: '^/' } },
      required: ['file'],
      additionalProperties: false,
    },
  ],
};

/**
 * A field of hall.yaml that is a secret: in the file a reference, after the settings reader a `Secret`. For drivers'
 * config schemas too; a test that parses a config without the reader passes `new Secret('...')`.
 */
export function secretField() {
  return z
    .custom<Secret | SecretReference>(() => true)
    .transform((value, context): Secret => {
      if (value instanceof Secret) return value;
      context.addIssue({ code: 'custom', message: 'a secret is wanted here', params: { secret: findingOf(value) } });
      return z.NEVER;
    })
    .meta(EDITOR_SCHEMA);
}

/** The reference that a value of hall.yaml is, or undefined. */
export function secretReferenceOf(value: unknown): SecretReference | undefined {
  return referenceSchema.safeParse(value).data;
}

function findingOf(value: unknown): SecretFinding {
  const reference = secretReferenceOf(value);
  if (reference) return { found: 'reference', reference };
  if (value === undefined) return { found: 'missing' };
  return { found: typeof value === 'object' && value !== null ? 'malformed' : 'plain' };
}
