/**
 * hall.yaml as a simulator needs it: which devices there are and where. It is the very file of the gateway, read with eyes of
 * its own; whether it is correct is for `hall-gateway check` to say.
 */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const lineSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('serial'), path: z.string(), baudRate: z.int().default(9_600) }),
  z.looseObject({ type: z.literal('tcp'), host: z.string(), port: z.int() }),
]);

const secretSchema = z.union([z.looseObject({ env: z.string() }), z.looseObject({ file: z.string() })]);

const deviceSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  wire: z.string(),
  name: z.string().optional(),
  window: z.coerce.string().optional(),
});

const fileSchema = z.looseObject({
  hall: z.looseObject({ id: z.string(), timeZone: z.string().default('Asia/Shanghai') }),
  gateway: z.looseObject({ id: z.string() }),
  broker: z
    .looseObject({
      listen: z.string().optional(),
      websocket: z.string().optional(),
      accounts: z
        .array(z.looseObject({ user: z.string(), role: z.string(), password: secretSchema.optional() }))
        .default([]),
    })
    .optional(),
  lines: z.record(z.string(), lineSchema).default({}),
  devices: z.array(deviceSchema),
});

/** A device of the file; the keys of its wire stand beside these. */
export type DeviceEntry = z.output<typeof deviceSchema>;
export type LineEntry = z.output<typeof lineSchema>;
export type Secret = z.output<typeof secretSchema>;
export type HallFile = z.output<typeof fileSchema>;

/** @throws Error that names the file and what is wrong in it. */
export function parseHallFile(text: string, name: string): HallFile {
  const read = fileSchema.safeParse(parse(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''} (try: hall-gateway check ${name})`);
}

export async function readHallFile(path: string): Promise<HallFile> {
  return parseHallFile(await readFile(path, 'utf8'), path);
}

/** The line that a device of the file hangs on. */
export function lineOf(file: HallFile, entry: DeviceEntry, key = 'line'): { name: string; line: LineEntry } {
  const name = String(entry[key]);
  const line = file.lines[name];
  if (!line) throw new Error(`${entry.id}: no line "${name}" in this file`);
  return { name, line };
}

export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && ('env' in value || 'file' in value);
}

/** What a reference leads to, as the gateway finds it. */
export async function secretText(secret: Secret, env: NodeJS.ProcessEnv): Promise<string> {
  if ('env' in secret && typeof secret.env === 'string') return env[secret.env] ?? '';
  return (await readFile(String(secret['file']), 'utf8')).trimEnd();
}
