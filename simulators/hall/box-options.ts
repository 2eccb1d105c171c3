/**
 * How the box starts Node, read from the service unit, so that what is shown and measured is what runs in a hall: options and
 * environment.
 */
import { readFileSync } from 'node:fs';

const UNIT = new URL('../../config/hall-gateway.service', import.meta.url);
const VARIABLE = /^Environment=(\w+)=(\S+)$/gm;
const NODE_CALL = /^ExecStart=\S+\/node((?: --\S+)*) \S+\.mjs run /m;

/** The options between `node` and the program. @throws Error when the unit starts no Node program. */
export function boxOptions(): string[] {
  return optionsIn(readFileSync(UNIT, 'utf8'));
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
