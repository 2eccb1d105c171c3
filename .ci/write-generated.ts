/**
 * Writes what config/generate.ts derives, each file formatted as `prettier --check` wants it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateAll } from '../config/generate.ts';
import { formatted } from './formatted.ts';
import { ROOT } from './tree.ts';

for (const [path, text] of generateAll()) {
  const file = join(ROOT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await formatted(file, text));
  process.stdout.write(`✓ ${path}\n`);
}
