/**
 * How the box starts Node, read from the service unit, so that what is measured is what runs in a hall.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './work-folder.ts';

const UNIT = join(ROOT, 'config', 'hall-gateway.service');
const NODE_CALL = /^ExecStart=\S+\/node((?: --\S+)*) \S+\.mjs run /m;

/** The options between `node` and the program. @throws Error when the unit starts no Node program. */
export async function boxOptions(): Promise<string[]> {
  return optionsIn(await readFile(UNIT, 'utf8'));
}

/** @throws Error when the unit starts no Node program. */
export function optionsIn(unit: string): string[] {
  const [, options] = NODE_CALL.exec(unit) ?? [];
  if (options === undefined) throw new Error('the service unit does not start "node ... .mjs run"');
  return options.split(' ').filter((option) => option !== '');
}
