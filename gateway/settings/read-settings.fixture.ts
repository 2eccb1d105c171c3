/**
 * For this folder's tests: two drivers with every sort of field, a correct hall.yaml, and a short way to read one.
 */
import { z } from 'zod';
import { defineDriver } from '../kernel/driver.ts';
import { defineKind } from '../kernel/kind.ts';
import { secretField } from '../kernel/secret-field.ts';
import type { Mistake } from './mistake.ts';
import { parseSettings, type SettingsResult } from './read-settings.ts';
import type { ReadSecretFile } from './secrets.ts';

const bell = defineKind({
  name: 'bell',
  title: { en: 'bell', zh: '铃' },
  state: z.strictObject({ ringing: z.boolean() }),
  stateExample: { ringing: false },
  events: {},
  commands: {},
});

const rs485 = defineDriver({
  kind: bell,
  wire: 'rs485',
  config: z.strictObject({
    line: z.string(),
    address: z.int().min(1).max(247),
    tone: z.enum(['low', 'high']).default('low'),
    ear: z.strictObject({ line: z.string() }).optional(),
    poll: z.strictObject({ everyMs: z.int().min(50).default(200) }).optional(),
  }),
  example: { line: 'bus-a', address: 5 },
  address: ({ line, address }) => `${line}#${address}`,
  commands: [],
  run: () => Promise.resolve(),
});

const net = defineDriver({
  kind: bell,
  wire: 'net',
  config: z.strictObject({
    host: z.string(),
    commKey: secretField()
      .refine((key) => key.reveal() !== '', 'the key is empty')
      .optional(),
  }),
  example: { host: '192.168.1.9' },
  address: ({ host }) => host,
  commands: [],
  run: () => Promise.resolve(),
});

export const testDrivers = [rs485, net];

export const SEEDED_SECRET = 'tr0ub4dor-and-3';

export const CORRECT = `hall: {id: h1, name: 大厅}
gateway: {id: gw1}
broker:
  listen: 0.0.0.0:1883
  accounts:
    - {user: bell-2, role: device, device: b2, password: {env: BELL_PASSWORD}}
    - {user: caller, role: software, commands: ['bell/*'], password: {file: /secrets/caller}}
uplink: {url: 'mqtts://centre.example:8883', username: h1, password: {env: CENTRE_PASSWORD}}
lines:
  bus-a: {type: serial, path: /dev/ttyUSB0}
devices:
  - {id: b1, kind: bell, wire: rs485, window: 12, line: bus-a, address: 5}
  - {id: b2, kind: bell, wire: net, host: 10.0.0.2, commKey: {file: /secrets/b2}, enabled: false}
`;

const ENV = { BELL_PASSWORD: `${SEEDED_SECRET}-bell`, CENTRE_PASSWORD: `${SEEDED_SECRET}-centre` };

const readSecretFile: ReadSecretFile = (path) =>
  path.startsWith('/secrets/')
    ? { kind: 'text', text: `${SEEDED_SECRET}-${path}\n` }
    : { kind: 'absent', why: 'ENOENT' };

export function read(text: string): SettingsResult {
  return parseSettings(text, { drivers: testDrivers, env: ENV, readSecretFile });
}

/** The mistakes of a text; none for a correct one. */
export function mistakesOf(text: string): Mistake[] {
  const result = read(text);
  return result.ok ? [] : result.mistakes;
}

/** The correct file with one part of its text replaced. */
export function changed(from: string, to: string): string {
  if (!CORRECT.includes(from)) throw new Error(`not in the fixture: ${from}`);
  return CORRECT.replace(from, to);
}
