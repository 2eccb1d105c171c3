import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatted } from '../.ci/formatted.ts';
import { evaluator } from '../devices/evaluator/kind.ts';
import { fingerprintClock } from '../devices/fingerprint-clock/kind.ts';
import { zk } from '../devices/fingerprint-clock/zk.ts';
import { contractMessages } from './contract-messages.ts';
import { contractPage } from './contract-page.ts';
import { generateAll } from './generate.ts';

const ROOT = join(import.meta.dirname, '..');
/** The kinds themselves, so that these tests hold while the list of drivers is short. */
const KINDS = [evaluator, fingerprintClock];
/** `hall.gateway.lost.v1`, or `fullType('gateway.lost', 1)`, in a source of the gateway. */
const OWN_TYPE = /hall\.gateway\.([a-z-]+)\.v\d|fullType\('gateway\.([a-z-]+)'/g;
const files = generateAll({ kinds: KINDS, drivers: [zk] });

function textOf(path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is not generated`);
  return text;
}

describe('the checked-in documents', () => {
  it('are what the code says now; if this fails, run: npm run generate', async () => {
    const stale: string[] = [];
    for (const [path, text] of generateAll()) {
      const file = join(ROOT, path);
      const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
      if (written !== (await formatted(file, text))) stale.push(path);
    }
    expect(stale, 'run: npm run generate').toEqual([]);
  });

  it('hold no schema of a message that is no longer said; if this fails, delete it', () => {
    const folder = join(ROOT, 'config', 'schemas');
    const present = existsSync(folder) ? readdirSync(folder).map((name) => `config/schemas/${name}`) : [];
    const generated = generateAll();
    expect(present.filter((path) => !generated.has(path))).toEqual([]);
  });
});

describe('the AsyncAPI document', () => {
  it('is accepted by the AsyncAPI parser without an error', async () => {
    const { document, diagnostics } = await new Parser().parse(textOf('config/asyncapi.json'));
    expect(document, JSON.stringify(diagnostics, null, 2)).toBeDefined();
    expect(document?.channels().all()).toHaveLength(contractMessages(KINDS).length);
  });

  it('is refused by the parser when an operation points nowhere, so the test above can fail', async () => {
    const broken = textOf('config/asyncapi.json').replace('"#/channels/gateway.status"', '"#/channels/nowhere"');
    const { document } = await new Parser().parse(broken);
    expect(document).toBeUndefined();
  });
});

describe('every message', () => {
  const messages = contractMessages(KINDS).map((message) => ({ ...message }));
  const validator = (id: string) => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
    addFormats.default(ajv);
    return ajv.compile(JSON.parse(textOf(`config/schemas/${id}.json`)) as object);
  };

  it.each(messages)('$id: its examples fit its own JSON Schema, and an empty object does not', ({ id, examples }) => {
    const validate = validator(id);
    for (const { value } of examples) {
      validate(value);
      expect(validate.errors ?? []).toEqual([]);
    }
    expect(validate({})).toBe(false);
  });

  it.each(messages)('$id: its examples fit the schema that the gateway itself uses', ({ schema, examples }) => {
    for (const { value } of examples) schema.parse(value);
  });

  it('stands in docs/contract.md with each of its examples', () => {
    const page = textOf('docs/contract.md');
    for (const { id, topic, examples } of messages) {
      expect(page).toContain(`### ${id}\n`);
      expect(page).toContain(topic);
      for (const { value } of examples) expect(page).toContain(JSON.stringify(value, null, 2));
    }
  });

  it('is in the documents, also those that the gateway says about itself', () => {
    const sources = readdirSync(join(ROOT, 'gateway'), { recursive: true, encoding: 'utf8' });
    const said = sources
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .flatMap((path) => [...readFileSync(join(ROOT, 'gateway', path), 'utf8').matchAll(OWN_TYPE)])
      .map(([, long, short]) => `gateway.${long ?? short ?? ''}`);
    expect(said.length).toBeGreaterThan(0);
    for (const id of said) expect(messages.map((message) => message.id)).toContain(id);
  });

  it('has a name of its own', () => {
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
  });
});

it('the template cannot ask for a part that does not exist', () => {
  expect(() => contractPage('{{nothing}}', [], [])).toThrow('"nothing"');
});
