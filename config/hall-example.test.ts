import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { drivers } from '../devices/index.ts';
import { readSettings } from '../gateway/settings/read-settings.ts';
import { editorSchema } from '../gateway/settings/editor-schema.ts';

const path = join(import.meta.dirname, 'hall.example.yaml');
const text = readFileSync(path, 'utf8');
const env = {
  CALLING_PASSWORD: 'a',
  DASHBOARD_PASSWORD: 'b',
  UPLINK_PASSWORD: 'c',
  CLOCK_EAST_KEY: '123456',
  CAMERA_PASSWORD: 'd',
  TABLET_07_PASSWORD: 'e',
  KIOSK_LOBBY_PASSWORD: 'f',
};

/** The editor's view of a file: what yaml-language-server would underline. */
function underlined(value: unknown): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  const validate = ajv.compile(editorSchema(drivers));
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('config/hall.example.yaml', () => {
  it('is correct, without a note', () => {
    const result = readSettings({ path, drivers, env, fileExists: () => true });
    expect(result.ok ? [] : result.mistakes).toEqual([]);
    expect(result.warnings).toEqual([]);
  });

  it('shows every driver there is', () => {
    const result = readSettings({ path, drivers, env });
    const shown = result.ok ? result.settings.devices.map(({ kind, wire }) => `${kind} ${wire}`) : [];
    for (const { kind, wire } of drivers) expect(shown).toContain([kind.name, wire].join(' '));
  });

  it('tells editors where its schema is, and they underline nothing', () => {
    expect(text.startsWith('# yaml-language-server: $schema=./hall.schema.json\n')).toBe(true);
    expect(underlined(parse(text))).toEqual([]);
  });

  it('is underlined when a key is mistyped, a password is plain or a device has no driver', () => {
    const broken = (from: string, to: string) => underlined(parse(text.replace(from, to)));
    expect(broken('quotaMiB', 'quotaMB')).not.toEqual([]);
    expect(broken('{ env: UPLINK_PASSWORD }', 'hunter2')).not.toEqual([]);
    expect(broken('{ env: CLOCK_EAST_KEY }', '123456')).not.toEqual([]);
    expect(broken('wire: zk', 'wire: zigbee')).not.toEqual([]);
  });

  it.each(drivers)("$wire: the driver's own example is a correct entry", (driver) => {
    const config = driver.config.safeParse(driver.example);
    expect(config.success ? [] : config.error.issues).toEqual([]);
  });
});
