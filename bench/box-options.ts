/**
 * How the box starts Node, read from the service unit, so that what is measured is what runs in a hall: options and environment.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './work-folder.ts';

const UNIT = join(ROOT, 'config', 'hall-gateway.service');
const VARIABLE = /^Environment=(\w+)=(\S+)$/gm;
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

/** This process's environment with what the unit sets. */
export function boxEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ...variablesIn(readFileSync(UNIT, 'utf8')) };
}

export function variablesIn(unit: string): Record<string, string> {
  return Object.fromEntries([...unit.matchAll(VARIABLE)].map(([, name = '', value = '']) => [name, value]));
}
