/**
 * A text as prettier writes it to this path; what prettier ignores or does not know stays as it is.
 */
import { getFileInfo, resolveConfig, format } from 'prettier';
import { join } from 'node:path';
import { ROOT } from './tree.ts';

export async function formatted(file: string, text: string): Promise<string> {
  const { ignored, inferredParser } = await getFileInfo(file, { ignorePath: join(ROOT, '.prettierignore') });
  if (ignored || inferredParser === null) return text;
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}
