/**
 * The files of this repository, as the tests of the house see them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const NOT_OURS = new Set(['node_modules', 'dist', '.cache', '.git', 'coverage']);

/** Every file below `folder` (relative to the root, as are the results) whose name ends with `ending`, sorted. */
export function filesBelow(folder: string, ending: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => !NOT_OURS.has(entry.name));
  return entries
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path, ending);
      return path.endsWith(ending) ? [path] : [];
    })
    .sort();
}

/** The text of a file, by its path from the root. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
