// Everything that a fresh clone needs before it can run: the right Node, the npm packages of the lock file and, for the
// tests, Debian's tools and the other runtimes. Plain Node without dependencies, because it runs before there are any.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inLanguage, say, step } from './console.mjs';
import { installDebianTools, installed } from './debian.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_FLOOR = [20, 19];
/** What node-gyp needs to compile sqlite3: `{ executable: Debian package }`. */
const COMPILER = { 'g++': 'g++', make: 'make', python3: 'python3' };

/** Sets up what `purpose` (`start`, `test`, `build`, `bench`) needs; ends the process with a hint when it cannot. */
export async function setUp({ for: purpose }) {
  checkNode(process.versions.node);
  if (purpose === 'test' || purpose === 'bench') await installTestTools();
  if (!agreesWithLock(ROOT)) {
    await installDebianTools(COMPILER);
    await installPackages(
      ROOT,
      inLanguage(
        'First start: installing packages and compiling SQLite, one to three minutes; later starts take seconds.',
        '首次启动：安装组件并编译 SQLite，需要一到三分钟；以后几秒即可启动。',
      ),
    );
  }
  if (purpose === 'test') await installRuntimes();
}

async function installTestTools() {
  const list = join(ROOT, 'simulators', 'kit', 'debian-packages.json');
  const { executables, pythonModules } = JSON.parse(readFileSync(list, 'utf8'));
  await installDebianTools(executables, pythonModules);
}

function checkNode(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1])) return;
  giveUp(
    `Node ${version} is too old: install Node ${NODE_FLOOR.join('.')} or newer (https://nodejs.org or your distribution).`,
    `Node ${version} 版本过低：请安装 Node ${NODE_FLOOR.join('.')} 或更高版本。`,
  );
}

/** npm writes `node_modules/.package-lock.json` last, so it tells what was installed to the end. */
function agreesWithLock(folder) {
  const hidden = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  const present = packagesOf(hidden);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  );
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

async function installPackages(folder, title) {
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  say(`  ${title}`);
  const { code } = await step('npm ci', npm ? process.execPath : 'npm', npm ? [npm, ...args] : args, {
    cwd: folder,
    env: compilerEnvironment(),
  });
  if (code === 0) return;
  giveUp(
    'npm ci failed (see above). Check the network and that g++, make and python3 are installed, then try again.',
    'npm ci 失败（见上文）。请检查网络，并确认已安装 g++、make 和 python3，然后重试。',
  );
}

/** Native packages are compiled here, with this Node's own headers when they are installed beside it. */
function compilerEnvironment() {
  const env = { ...process.env };
  const prefix = dirname(dirname(process.execPath));
  if (existsSync(join(prefix, 'include', 'node', 'node.h'))) env.npm_config_nodedir ??= prefix;
  env.JOBS ??= 'max';
  if (installed('g++') && installed('make')) env.npm_config_build_from_source ??= 'true';
  return env;
}

/** Node 22, Node 24 and Deno for the test of the bundle, at the exact versions of .ci/runtimes/package-lock.json. */
async function installRuntimes() {
  const folder = join(ROOT, '.cache', 'runtimes');
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(join(ROOT, '.ci', 'runtimes', file), join(folder, file));
  }
  if (!runtimesAgree(folder)) {
    await installPackages(folder, 'Node 22, Node 24 and Deno for the tests of the bundle (about 120 MB)');
  }
}

/** All runtimes are optional packages (one a processor), so here a stored one must only be of the wanted version. */
function runtimesAgree(folder) {
  const hidden = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  const present = Object.entries(packagesOf(hidden));
  return present.length >= 3 && present.every(([path, { version }]) => wanted[path]?.version === version);
}

function giveUp(...lines) {
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exit(1);
}
