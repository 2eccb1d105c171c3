// `npm run build`: each program as ONE ESM file in dist/ that runs under Node 20, 22, 24 and Deno. Only packages with
// native parts stay outside; they are found in node_modules beside the file or above it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { say } from './console.mjs';
import { ROOT, setUp } from './set-up.mjs';

/** Packages with an addon that cannot be put into a file. */
const NATIVE = ['sqlite3', '@serialport/bindings-cpp'];
/** CommonJS packages inside the bundle ask for `require`, which an ES module does not have. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
/** Read at build time: the version, and that ws does without its two optional addons. */
const DEFINED = {
  'process.env.HALL_GATEWAY_VERSION': JSON.stringify(versionText()),
  'process.env.WS_NO_BUFFER_UTIL': '"1"',
  'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
};
/** Short enough that an error's line tells something, long enough to cost little. */
const LINE_MAX = 160;
/** The helper in which johnny-five lives is a file of its own: a hall without boards never reads it. */
const PROGRAMS = { 'hall-gateway': 'gateway/main.ts', 'board-runner': 'firmware-bridge/firmata/runner.ts' };
/** What the technician needs beside the program, at the same paths as here: the box has no copy of this project. */
const FOR_THE_BOX = [
  'README.md',
  'README.zh-CN.md',
  'CHANGELOG.md',
  'LICENSE',
  'docs',
  'config/hall.example.yaml',
  'config/hall.schema.json',
  'config/hall-gateway.service',
  'firmware-bridge/firmware/hall-board.hex',
];

/** Bundles one program to `outfile`; resolves to its size and to the imports that stay outside. */
export async function bundle(entry, outfile) {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'linked',
    legalComments: 'none',
    // V8 keeps the whole text for as long as the program runs: 9 MB of memory less than with spaces and comments.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: LINE_MAX,
    external: NATIVE,
    banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
    define: DEFINED,
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(outfile, asciiOnly(readFileSync(outfile, 'utf8')));
  const output = metafile.outputs[relative(ROOT, outfile)];
  return { bytes: output.bytes, externals: [...new Set(output.imports.map((found) => found.path))] };
}

/** One letter beyond Latin-1 makes V8 keep every letter of the text in two bytes. esbuild leaves those in regular expressions. */
function asciiOnly(text) {
  return text.replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Builds every program whose entry exists. */
export async function buildAll() {
  for (const [name, entry] of Object.entries(PROGRAMS)) {
    if (!existsSync(join(ROOT, entry))) continue;
    const { bytes } = await bundle(entry, join(ROOT, 'dist', `${name}.mjs`));
    say(`✓ dist/${name}.mjs ${(bytes / 1024 / 1024).toFixed(2)} MB (${versionText()})`);
  }
  writeFileSync(join(ROOT, 'dist', 'package.json'), `${JSON.stringify(boxManifest(), null, 2)}\n`);
  copyForTheBox(join(ROOT, 'dist'));
}

/** Lays settings, service unit and documents into `folder`. */
export function copyForTheBox(folder) {
  const filter = (path) => !path.endsWith('.test.ts');
  for (const path of FOR_THE_BOX) cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter });
}

/** The package.json that stands beside the bundle on a box: `npm install` there fetches the packages with native parts. */
export function boxManifest() {
  const { packages } = readJson('package-lock.json');
  const { license, engines } = readJson('package.json');
  const dependencies = Object.fromEntries(NATIVE.map((name) => [name, packages[`node_modules/${name}`].version]));
  const allowScripts = Object.fromEntries(NATIVE.map((name) => [name, true]));
  return {
    name: 'hall-gateway',
    version: versionText(),
    license,
    private: true,
    type: 'module',
    engines,
    dependencies,
    allowScripts,
  };
}

/** `0.1.0+9d33363`; without git metadata the version of package.json alone. */
function versionText() {
  const { version } = readJson('package.json');
  const commit = gitCommit();
  return commit === undefined ? version : `${version}+${commit}`;
}

function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

function gitCommit() {
  if (!existsSync(join(ROOT, '.git'))) return undefined;
  try {
    const options = { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim();
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await setUp({ for: 'build' });
  await buildAll();
}
