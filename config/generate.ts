/**
 * Everything that is derived from the code: the contract's documents, the error list, the editor's schema of hall.yaml.
 * `npm run generate` writes it; a test says when it is stale.
 */
import { readFileSync } from 'node:fs';
import { drivers as allDrivers, kinds as allKinds } from '../devices/index.ts';
import type { AnyDriver } from '../gateway/kernel/driver.ts';
import type { Kind } from '../gateway/kernel/kind.ts';
import { editorSchema } from '../gateway/settings/editor-schema.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { contractMessages } from './contract-messages.ts';
import { contractPage } from './contract-page.ts';
import { errorsPage } from './errors-page.ts';
import { json, schemaFile } from './json-schemas.ts';

/** Version of the contract: the `v1` of its topics, and what was added since. */
const CONTRACT_VERSION = '1.0.0';

export interface Sources {
  kinds: readonly Kind[];
  drivers: readonly AnyDriver[];
}

/** Path from the root of the repository -> text. */
export function generateAll(
  { kinds, drivers }: Sources = { kinds: allKinds, drivers: allDrivers },
): Map<string, string> {
  const messages = contractMessages(kinds);
  const template = readFileSync(new URL('contract.template.md', import.meta.url), 'utf8');
  return new Map([
    ...messages.map((message): [string, string] => [`config/schemas/${message.id}.json`, schemaFile(message)]),
    ['config/asyncapi.json', json(asyncApiDocument(messages, CONTRACT_VERSION))],
    ['config/hall.schema.json', json(editorSchema(drivers))],
    ['docs/contract.md', contractPage(template, messages, kinds)],
    ['docs/errors.md', errorsPage()],
  ]);
}
