/**
 * The runtimes that the bundle must run under: this Node, and those that `npm test` installs (.ci/runtimes/package.json).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './tree.ts';

export interface Runtime {
  name: string;
  /** The program and the arguments before the bundle; undefined when it is not installed. */
  command: readonly [string, ...string[]] | undefined;
}

const INSTALLED = join(ROOT, '.cache', 'runtimes', 'node_modules');

/** Every runtime; under `CI=true` a missing one is an error, otherwise it is said aloud. */
export function runtimes(): Runtime[] {
  return [
    { name: `Node ${process.versions.node}`, command: [process.execPath] },
    optional('Node 22', join(INSTALLED, `node-22-${process.arch}`, 'bin', 'node')),
    optional('Node 24', join(INSTALLED, `node-24-${process.arch}`, 'bin', 'node')),
    optional('Deno', join(INSTALLED, '@deno', `linux-${process.arch}-glibc`, 'deno'), 'run', '--allow-all', '--quiet'),
  ];
}

function optional(name: string, program: string, ...args: string[]): Runtime {
  if (existsSync(program)) return { name, command: [program, ...args] };
  if (process.env['CI'] === 'true') throw new Error(`missing runtime under CI: ${name} (${program})`);
  process.stderr.write(`skipped: ${name} (run npm test once to install it below .cache/runtimes)\n`);
  return { name, command: undefined };
}
