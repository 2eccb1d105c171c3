// `npm start`: set-up, build when a source is newer than the bundle, then the demo hall (from source). Arguments go to the demo.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { runInForeground } from './foreground.mjs';
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
runInForeground('simulators/hall/demo.ts', process.argv.slice(2), { cwd: ROOT });

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
