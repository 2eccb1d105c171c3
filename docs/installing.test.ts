import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drivers } from '../devices/index.ts';
import { reportText } from '../gateway/settings/check-report.ts';
import { parseSettings } from '../gateway/settings/read-settings.ts';
import { sections } from '../gateway/settings/settings.ts';

const page = readFileSync(join(import.meta.dirname, 'installing.md'), 'utf8');

/** The text of the page's first code block with this language line. */
function block(language: string): string {
  const [, text] = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'm').exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/installing.md has no block "${language}"`);
  return text;
}

describe('docs/installing.md', () => {
  it.each(['zh', 'en'] as const)('shows what the check really prints (%s)', (language) => {
    const result = parseSettings(block('yaml'), { drivers, env: {} });
    expect(block(`text ${language}`)).toBe(reportText('hall.yaml', result, language));
  });

  it('explains every section of hall.yaml, in both languages', () => {
    for (const name of [...Object.keys(sections), 'devices']) {
      expect(page.split(`| \`${name}\``), name).toHaveLength(3);
    }
  });

  it('names only files of this project that exist', () => {
    const named = [...page.matchAll(/\b(config\/[\w.-]+\.(?:yaml|service|json))/g)].map(([, path]) => path ?? '');
    expect(named.length).toBeGreaterThan(0);
    for (const path of named) expect(existsSync(join(import.meta.dirname, '..', path)), path).toBe(true);
  });
});
