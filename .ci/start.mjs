// `npm start`: set-up, build when a source is newer than the bundle, then the demo hall (from source). Arguments go to the demo.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { ROOT, setUp } from './set-up.mjs';

const SOURCES = [
  'gateway',
  'devices',
  'firmware-bridge',
  'simulators',
  'package.json',
  'package-lock.json',
  '.ci/build.mjs',
];
const BUNDLES = ['dist/hall-gateway.mjs'];

await setUp({ for: 'start' });
if (newest(SOURCES) > oldest(BUNDLES)) await buildAll();
runDemo(process.argv.slice(2));

/** The demo on this terminal; signals are handed on, and its end is ours. */
function runDemo(args) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'simulators', 'hall', 'demo.ts'), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  // A terminal gives Ctrl-C to the whole group; handing it on as well would be a second one, which means "at once".
  const fromTerminal = process.stdin.isTTY ? ['SIGINT', 'SIGHUP'] : [];
  for (const signal of fromTerminal) process.on(signal, () => undefined);
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'].filter((name) => !fromTerminal.includes(name))) {
    process.once(signal, () => child.kill(signal));
  }
  child.on('close', (code) => (process.exitCode = code ?? 1));
}

function newest(paths) {
  return Math.max(...paths.map((path) => join(ROOT, path)).map(newestBelow));
}

function newestBelow(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestBelow(join(path, name))));
}

/** Time of the oldest of these files; -Infinity when one is missing. */
function oldest(paths) {
  return Math.min(
    ...paths.map((path) => join(ROOT, path)).map((path) => (existsSync(path) ? statSync(path).mtimeMs : -Infinity)),
  );
}
